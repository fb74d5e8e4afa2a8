/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address.h -- addresses of sockets as text.
 *
 * Thread safety: any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *cf_address_describe (GSocketAddress *address);

G_END_DECLS
