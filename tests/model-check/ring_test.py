"""ring_test - the ring of base/ring.h over all interleavings (ring_model.py), and with each of its orders taken away."""
import tap
from ring_model import RIGHT, Ring, Wrong


def explored(**of):
    states = Ring(**of).explore()
    print("#", states, "states:", ", ".join(f"{k} {v}" for k, v in of.items()))
    return states


def broken(law, **of):
    try:
        Ring(**of).explore()
    except Wrong as e:
        assert law in str(e), f"found {e}, not {law}"
        print("#", e, "after", len(e.path), "steps")
        return
    raise AssertionError(f"not found: {law}")


def law_two_cells_are_right_wherever_the_indexes_begin():
    for start in range(8):
        assert explored(cells=2, items=12, start=start) > 5 * 12
    explored(cells=2, items=8, modulus=4)


def law_bursts_through_four_cells_are_right():
    for burst in (2, 3):
        for start in (0, 5):
            assert explored(cells=4, items=5, burst=burst, start=start) > 1000


def law_bursts_larger_than_the_ring_are_right():
    assert explored(cells=2, items=12, burst=3) > 5 * 12


def law_a_head_shown_without_release_is_found():
    broken("may still be filled", order=RIGHT._replace(put_release=False))


def law_a_head_seen_without_acquire_is_found():
    broken("may still be filled", order=RIGHT._replace(take_acquire=False))


def law_a_tail_shown_without_release_is_found():
    broken("may still be read", order=RIGHT._replace(take_release=False))


def law_a_tail_seen_without_acquire_is_found():
    broken("may still be read", order=RIGHT._replace(put_acquire=False))


def law_a_ring_with_no_cell_open_that_counts_modulo_its_size_is_found():
    """Full and empty look alike when indexes are kept modulo the cells and none stays open."""
    class Folded(Ring):
        def distance(self, a, b):
            return (a - b) % self.cells
    try:
        Folded(order=RIGHT._replace(open_cells=0)).explore()
    except Wrong as e:
        print("#", e)
    else:
        raise AssertionError("not found")


tap.run(globals())
