# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += \
	data/build-depends \
	data/install-packages \
	data/missing-packages \
	$(NULL)
