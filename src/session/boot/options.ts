import type { Piece } from './boot-image';

/** What an image is booted with. */
export interface BootOptions {
  /** The image's name as the user wrote it: a kernel's command line begins with it. */
  readonly name: string;
  /** Bytes of RAM. */
  readonly memory: number;
  /** How many processors firmware finds. Default: 1. */
  readonly cpus?: number | undefined;
  /** The rest of the kernel's command line. */
  readonly append?: string | undefined;
  /** Initial RAM disk, or Multiboot module. */
  readonly initrd?: NamedBytes | undefined;
  /** Images of disks; where the image itself is one, it comes first. */
  readonly disks?: readonly Uint8Array[] | undefined;
  /** Images of floppy disks: A:, B:. */
  readonly floppies?: readonly NamedBytes[] | undefined;
  /** Image of a CD. */
  readonly cdrom?: NamedBytes | undefined;
  /** Firmware instead of the built-in one. */
  readonly bios?: NamedBytes | undefined;
}

/** What a kernel's loader tells the kernel, too. */
export interface KernelOptions extends BootOptions {
  /** ACPI's root pointer, which firmware has. */
  readonly acpi?: Piece | undefined;
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Command lines and names as kernels read them: UTF-8, ended by a zero. */
export const cString = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);
