/* <narrows/types.h> - scalars with a unit, and the errors of every nrw_ call.
 *
 * Alone it needs nothing but the C library, as C17 or C++17. */
#ifndef NARROWS_TYPES_H
#define NARROWS_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What leaves the library: everything else is hidden, and local in libnarrows.a too. */
#if defined(__GNUC__) && !defined(_WIN32)
#define NRW_API __attribute__((visibility("default")))
#else
#define NRW_API
#endif

/* Nanoseconds since an instance started; for a capture, since its first packet. Never wraps in practice: 584 years. */
typedef uint64_t nrw_time;

#define NRW_NEVER UINT64_MAX	/* the time of a thing that will not happen */

#define NRW_US UINT64_C(1000)
#define NRW_MS UINT64_C(1000000)
#define NRW_S UINT64_C(1000000000)

/* What calls return that fail: 0 is success, and these are negative. */
enum {
	NRW_ENOMEM = -1,	/* no memory, or a limit is reached */
	NRW_EIO = -2,		/* the system refused */
	NRW_ESYNTAX = -3,	/* text that cannot be read */
	NRW_EUNKNOWN = -4,	/* a word that nobody knows, a thing that is not there */
	NRW_ERANGE = -5,	/* a value that is not allowed, or that would be rounded */
	NRW_ETWICE = -6,	/* said already */
	NRW_ELATER = -7,	/* a word of the language that this version refuses by name */
	NRW_EUSAGE = -9		/* things that do not go together */
};

#ifdef __cplusplus
}
#endif
#endif
