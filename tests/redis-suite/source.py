# SPDX-License-Identifier: GPL-3.0-or-later
"""Gets the source of the Redis release whose test suite is run, through apt,
without touching the system's own package sources: lists, archives and the
unpacked tree live in a cache folder and are used again."""

import os
import subprocess
import tarfile

VERSION = '7.0.15'
KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
CONFIG = '''Dir::Etc::sourcelist "{0}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "{0}/lists";
Dir::Cache "{0}/cache";
APT::Sandbox::User "";
'''


class Unobtainable(Exception):
    """The source cannot be had; the text says why."""


def cache_folder():
    home = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    return os.path.join(home, 'coffer')


def run(*command, **options):
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              timeout=300, **options).stdout
    except FileNotFoundError:
        raise Unobtainable('%s is not installed' % command[0])
    except subprocess.TimeoutExpired:
        raise Unobtainable('%s took too long' % command[0])
    except subprocess.CalledProcessError as error:
        last = (error.stdout.strip().splitlines() or ['no output'])[-1]
        raise Unobtainable('%s: %s' % (command[0], last))


def source_lines():
    """deb-src lines for the archives the system has packages from."""
    archives = run('apt-get', 'indextargets', '--format',
                   '$(REPO_URI) $(RELEASE) $(COMPONENT)',
                   'Created-By: Packages', 'Origin: Debian')
    signed = '[signed-by=%s] ' % KEYRING if os.path.exists(KEYRING) else ''
    return sorted({'deb-src %s%s\n' % (signed, line)
                   for line in archives.splitlines()})


def configure(folder):
    """Write a package configuration of our own; its options for apt."""
    for name in ('lists/partial', 'cache/archives/partial'):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(folder + '/sources.list', 'w') as sources:
        sources.writelines(source_lines())
    with open(folder + '/apt.conf', 'w') as config:
        config.write(CONFIG.format(folder))
    return ('-c', folder + '/apt.conf')


def download(folder):
    options = configure(folder)
    run('apt-get', *options, 'update')
    records = run('apt-cache', *options, 'showsrc', 'redis')
    versions = {line.split()[1] for line in records.splitlines()
                if line.startswith('Version:')}
    wanted = [version for version in versions if ':%s-' % VERSION in version]
    if not wanted:
        raise Unobtainable('the package archives have redis %s, not %s' % (
            ' and '.join(sorted(versions)) or 'in no version', VERSION))
    run('apt-get', *options, '--download-only', 'source',
        'redis=' + max(wanted), cwd=folder)


def redis_source():
    """The unpacked source tree, fetched at first use."""
    folder = cache_folder()
    tree = '%s/redis-%s' % (folder, VERSION)
    tarball = '%s/redis_%s.orig.tar.gz' % (folder, VERSION)
    if not os.path.isdir(tree):
        if not os.path.exists(tarball):
            os.makedirs(folder, exist_ok=True)
            download(folder)
        with tarfile.open(tarball) as archive:
            archive.extractall(tree + '.new')
        os.rename('%s.new/redis-%s' % (tree, VERSION), tree)
        os.rmdir(tree + '.new')
    return tree
