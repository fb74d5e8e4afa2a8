/* SPDX-License-Identifier: GPL-3.0-or-later */
/* handoff.h -- tells the thread sanitizer of a hand-over it cannot see.
 *
 * GLib's queues and pools lock with futexes, which are opaque to it.  Who gives
 * an object away calls CF_GIVE before, who gets it calls CF_TAKE after; in any
 * other build both are nothing.
 */
#pragma once

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define CF_GIVE(object) __tsan_release (object)
#define CF_TAKE(object) __tsan_acquire (object)
#else
#define CF_GIVE(object) ((void) 0)
#define CF_TAKE(object) ((void) 0)
#endif
