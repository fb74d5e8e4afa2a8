# SPDX-License-Identifier: GPL-3.0-or-later

pkgsysconfdir = $(sysconfdir)/$(PACKAGE)
dist_pkgsysconf_DATA = \
	data/cofferd.conf \
	$(NULL)

# What of the tree depends on directories is made from its namesake in .in.
edit = $(SED) \
	-e 's|[@]PACKAGE[@]|$(PACKAGE)|g' \
	-e 's|[@]VERSION[@]|$(VERSION)|g' \
	-e 's|[@]PACKAGE_BUGREPORT[@]|$(PACKAGE_BUGREPORT)|g' \
	-e 's|[@]sbindir[@]|$(sbindir)|g' \
	-e 's|[@]sysconfdir[@]|$(sysconfdir)|g' \
	-e 's|[@]runstatedir[@]|$(runstatedir)|g' \
	-e 's|[@]localstatedir[@]|$(localstatedir)|g'
SUFFIXES = .in
.in:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(edit) $< > $@-t && mv -f $@-t $@

unit_files = \
	data/cofferd.service \
	data/cofferd.socket \
	$(NULL)
man_pages = \
	data/man/coffer.1 \
	data/man/cofferd.8 \
	data/man/cofferd.conf.5 \
	$(NULL)
edited_files = \
	$(man_pages) \
	$(unit_files) \
	data/coffer.sysusers \
	data/coffer.tmpfiles \
	data/cofferd.apparmor \
	$(NULL)
$(edited_files): Makefile
CLEANFILES += $(edited_files)

man_MANS = $(man_pages)

#: describe           the sample configuration and the manual's settings anew,
#:                    from the table of settings
manual_in = $(srcdir)/data/man/cofferd.conf.5.in
describe: src/cofferd
	$(MKDIR_P) data && src/cofferd --print-config >data/describe-t
	cat data/describe-t >$(srcdir)/data/cofferd.conf
	{ $(SED) '/^\.SH SETTINGS$$/,$$d' $(manual_in); \
	  src/cofferd --print-manual; \
	  $(SED) '1,/^\.SH SETTINGS$$/d' $(manual_in) | $(SED) -n '/^\.SH /,$$p'; \
	} >data/describe-t
	cat data/describe-t >$(manual_in)
	rm -f data/describe-t
.PHONY: describe
noinst_DATA = data/cofferd.apparmor

# systemd reads /usr/lib and /usr/local/lib, so these hang off $(prefix), and
# an installation stays below it.
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
if WITH_UNITS
systemdsystemunit_DATA = $(unit_files)
install-data-hook: install-systemd
uninstall-hook: uninstall-systemd
noinst_DATA += data/coffer.sysusers data/coffer.tmpfiles
endif
install-systemd: data/coffer.sysusers data/coffer.tmpfiles
	$(MKDIR_P) '$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(tmpfilesdir)'
	$(INSTALL_DATA) data/coffer.sysusers '$(DESTDIR)$(sysusersdir)/coffer.conf'
	$(INSTALL_DATA) data/coffer.tmpfiles '$(DESTDIR)$(tmpfilesdir)/coffer.conf'
uninstall-systemd:
	rm -f '$(DESTDIR)$(sysusersdir)/coffer.conf' \
	  '$(DESTDIR)$(tmpfilesdir)/coffer.conf'
.PHONY: install-systemd uninstall-systemd

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = data/completion/bash/coffer
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = data/completion/zsh/_coffer
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = data/completion/fish/coffer.fish

fail2bandir = $(sysconfdir)/fail2ban/filter.d
dist_fail2ban_DATA = data/fail2ban/cofferd.conf

EXTRA_DIST += \
	data/coffer.sysusers.in \
	data/coffer.tmpfiles.in \
	data/cofferd.apparmor.in \
	data/cofferd.service.in \
	data/cofferd.socket.in \
	data/debian/changelog \
	data/debian/coffer-tools.install \
	data/debian/cofferd.install \
	data/debian/cofferd.lintian-overrides \
	data/debian/cofferd.postrm \
	data/debian/control \
	data/debian/copyright \
	data/debian/docs \
	data/debian/rules \
	data/debian/source/format \
	data/debian/tests/control \
	data/debian/tests/smoke \
	data/debian/upstream/metadata \
	data/debian/watch \
	data/install-packages \
	data/man/coffer.1.in \
	data/man/cofferd.8.in \
	data/man/cofferd.conf.5.in \
	data/packages \
	$(NULL)
