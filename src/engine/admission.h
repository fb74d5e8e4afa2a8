/* SPDX-License-Identifier: GPL-3.0-or-later */
/* admission.h -- whether a command may run: its form, the client's rights,
 * and the state of the server.
 *
 * Thread safety: for the worker of the call.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

gboolean cf_admission_check_form (const CfCall *call, GError **error);
gboolean cf_admission_check_rights (const CfCall *call, GError **error);
/* Again, of a command that was queued, when EXEC gets to it. */
gboolean cf_admission_check_queued (const CfCall *call,
                                    const CfCommandInfo *info,
                                    const CfArgs *args,
                                    GError **error);
CfCommandFlags cf_admission_flags (CfCall *call);
gboolean cf_admission_check_state (const CfCall *call,
                                   CfCommandFlags flags,
                                   GError **error);

G_END_DECLS
