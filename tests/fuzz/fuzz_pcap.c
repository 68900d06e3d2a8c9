/* tests/fuzz/fuzz_pcap.c - any bytes as a classic capture. */
#include "fuzz_cap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 1 << 20 ? 0 : fuzz_capture(data, size);
}
