/* SPDX-License-Identifier: GPL-3.0-or-later */
/* harness.h -- a real server in a folder of its own, and wires to it.
 *
 * The server is $COFFERD, on ports the system chose; that may name
 * redis-server, to learn how the reference does.  It dies with the test.
 * Whatever goes wrong ends the test; no wire waits longer than
 * CF_HARNESS_PATIENCE_S.
 *
 * Thread safety: a harness is for the thread that started it; wires may be
 * opened on any thread, each belongs to one.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CF_HARNESS_PATIENCE_S 20

typedef struct _CfHarness CfHarness;
typedef struct _CfWire CfWire;

CfHarness *cf_harness_start (const char *option, ...) G_GNUC_NULL_TERMINATED;
CfHarness *cf_harness_start_redis (void);
void cf_harness_stop (CfHarness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfHarness, cf_harness_stop)

const char *cf_harness_get_socket (const CfHarness *self);
guint16 cf_harness_get_port (const CfHarness *self);
guint16 cf_harness_get_plain_port (const CfHarness *self);
void cf_harness_send_signal (CfHarness *self, int signal);
void cf_harness_freeze (CfHarness *self);
int cf_harness_wait (CfHarness *self);
char *cf_harness_next_log_line (CfHarness *self, const char *text);
gboolean cf_harness_is_redis (const CfHarness *self);

CfWire *cf_wire_open (const CfHarness *harness);
CfWire *cf_wire_try_open (const CfHarness *harness);
CfWire *cf_wire_open_socket (const CfHarness *harness);
CfWire *cf_wire_open_plain (const CfHarness *harness);
void cf_wire_close (CfWire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfWire, cf_wire_close)

GSocket *cf_wire_get_socket (CfWire *self);
void cf_wire_send (CfWire *self, const char *data, gsize size);
gboolean cf_wire_try_send (CfWire *self, const char *data, gsize size);
void cf_wire_wait_taken (CfWire *self);
void cf_wire_say (CfWire *self, const char *text);
void cf_wire_end (CfWire *self);
gsize cf_wire_receive (CfWire *self, char *buffer, gsize size);
void cf_wire_say_until (CfWire *self,
                        const char *request,
                        const char *meanwhile,
                        const char *wanted);
void cf_wire_expect (CfWire *self, const char *text);
void cf_wire_expect_end (CfWire *self);
GString *cf_wire_read_rest (CfWire *self);
void cf_wire_exchange (CfWire *self, const char *request, const char *reply);

G_END_DECLS
