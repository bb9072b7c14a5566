import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Debian's kernel for clouds, and a file system in memory with BusyBox in it, from Debian's packages. They are
 * fetched into a folder of their own and never become part of the project.
 */

const FOLDER = join(tmpdir(), 'ringside-debian-kernel');
const METAPACKAGE = 'linux-image-cloud-amd64';

export interface DebianKernel {
  readonly kernel: string;
  /** A module of the kernel, by its place below the folder `kernel` of modules: a path. */
  module(place: string): string;
  /**
   * Makes an initial RAM disk whose /init goes on with these lines of shell.
   *
   * @param more files in it: where they are there, and where they are here
   */
  initrd(name: string, script: string, more?: Readonly<Record<string, string>>): string;
}

/** @returns undefined where Debian's packages cannot be had */
export function debianKernel(): DebianKernel | undefined {
  try {
    const files = join(FOLDER, 'files');
    if (!existsSync(files)) {
      mkdirSync(FOLDER, { recursive: true });
      for (const name of [kernelPackage(), 'busybox-static']) unpack(name);
    }
    const boot = join(files, 'boot');
    const kernel = readdirSync(boot).find((name) => name.startsWith('vmlinuz'));
    if (kernel === undefined) return undefined;
    const busybox = join(files, 'bin', 'busybox');
    return {
      kernel: join(boot, kernel),
      module: (place) => unsigned(files, place),
      initrd: (name, script, more = {}) => makeInitrd(busybox, name, script, more),
    };
  } catch (error) {
    process.stdout.write(`Debian's kernel cannot be had here: ${String(error)}\n`);
    return undefined;
  }
}

/** The package that the metapackage stands for at present. */
function kernelPackage(): string {
  const options = ['depends', '--important', METAPACKAGE];
  const text = execFileSync('apt-cache', options, { encoding: 'utf8', stdio: 'pipe' });
  const found = /Depends: (linux-image-\S+-cloud-amd64)/.exec(text);
  if (!found?.[1]) throw new Error(`${METAPACKAGE} depends on no kernel`);
  return found[1];
}

function unpack(name: string): void {
  execFileSync('apt-get', ['-qq', 'download', name], { cwd: FOLDER, stdio: 'pipe' });
  const archive = readdirSync(FOLDER).find((file) => file.startsWith(`${name}_`));
  if (archive === undefined) throw new Error(`${name} was not downloaded`);
  execFileSync('dpkg-deb', ['-x', join(FOLDER, archive), join(FOLDER, 'files')], { stdio: 'pipe' });
}

/** Without its signature, whose check takes the kernel longer than the module's work, and out of its compression. */
function unsigned(files: string, place: string): string {
  const versions = join(files, 'lib', 'modules');
  const [version = ''] = readdirSync(versions);
  const signed = join(versions, version, 'kernel', place);
  if (!existsSync(signed)) execFileSync('xz', ['-dk', `${signed}.xz`], { stdio: 'pipe' });
  const module = join(FOLDER, basename(place));
  execFileSync('objcopy', ['--strip-debug', signed, module], { stdio: 'pipe' });
  return module;
}

const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin PS1='ready# '
`;

/** The archive is BusyBox's own work. All files have one time, so that the archive is the same each time. */
function makeInitrd(
  busybox: string,
  name: string,
  script: string,
  more: Readonly<Record<string, string>>,
): string {
  const root = join(FOLDER, `root-${name}`);
  const image = join(FOLDER, `${name}.cpio.gz`);
  for (const folder of ['bin', 'dev', 'proc', 'sys']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, 'init'), INIT + script, { mode: 0o755 });
  for (const [there, here] of Object.entries(more)) {
    mkdirSync(dirname(join(root, there)), { recursive: true });
    copyFileSync(here, join(root, there));
  }
  const shell = `cp ${busybox} bin/busybox && find . -exec touch -h -d @0 {} + &&
    find . | sort | ${busybox} cpio -o -H newc 2>/dev/null | gzip -n > ${image}`;
  execFileSync('sh', ['-c', shell], { cwd: root, stdio: 'pipe' });
  return image;
}
