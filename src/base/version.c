/* base/version.c - the version a program finds at run time.
 *
 * The number has one home, <narrows/version.h>; meson.build compares its own with it and stops where they differ. */
#include <narrows/version.h>

const char *nrw_version(void)
{
	return NRW_VERSION;
}
