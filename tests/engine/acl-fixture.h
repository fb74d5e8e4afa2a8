/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-fixture.h -- a small table of commands, and users that may run some. */
#pragma once

#include "engine/acl-user.h"
#include "engine/acl.h"

typedef struct
{
  CfCommandTable *table;   /* (owned) */
  CfAclCommands *commands; /* (owned) */
} AclFixture;

void acl_fixture_set_up (AclFixture *self, gconstpointer data);
void acl_fixture_tear_down (AclFixture *self, gconstpointer data);
/* A user by @rules, with blanks between them. (transfer full) */
CfAclUser *acl_fixture_user (AclFixture *self, const char *rules);
const CfCommandInfo *acl_fixture_find (AclFixture *self, const char *name);

/* The same, with an ACL by default settings. */
typedef struct
{
  AclFixture base;
  CfConfig *config; /* (owned) */
  CfAcl *acl;       /* (owned) */
} AclWholeFixture;

void acl_whole_fixture_set_up (AclWholeFixture *self, gconstpointer data);
void acl_whole_fixture_tear_down (AclWholeFixture *self, gconstpointer data);

#define acl_fixture_add(path, func)                                            \
  g_test_add (path, AclFixture, NULL, acl_fixture_set_up, func,                \
              acl_fixture_tear_down)
