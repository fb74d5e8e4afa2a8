/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version.h -- the version of Redis that clients are told. */
#pragma once

#define CF_REDIS_VERSION "7.0.15"
