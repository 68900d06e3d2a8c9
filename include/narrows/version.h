/* <narrows/version.h> - which Narrows this is: when the program was compiled, and when it runs.
 *
 * Versions follow semver.org: until 1.0.0 a minor version may change anything, and CHANGELOG.md says what. */
#ifndef NARROWS_VERSION_H
#define NARROWS_VERSION_H

#include <narrows/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NRW_VERSION_MAJOR 0
#define NRW_VERSION_MINOR 1
#define NRW_VERSION_PATCH 0
#define NRW_VERSION "0.1.0"	/* the same three; the build refuses to disagree with it */

/* The version of the library that is linked, as NRW_VERSION was when it was built. Any thread; lives for ever. */
NRW_API const char *nrw_version(void);

#ifdef __cplusplus
}
#endif
#endif
