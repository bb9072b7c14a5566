/** The last one: the program is on the CD, as the image of a floppy disk, and nowhere else. */
export type Medium = 'floppy' | 'cdrom' | 'booted-cd';

/** The programs of this folder that are compared, and the computer that each is put on. */
export interface Program {
  readonly name: string;
  /** Sizes of the disks in KBytes that it is started from, one after the other. */
  readonly disks: readonly number[];
  /** It is no boot sector, but a kernel that a boot loader puts into memory. */
  readonly kernel?: true;
  /** What else is in the drives. */
  readonly medium?: Medium;
  /** QEMU's processor, where its usual one has too little. */
  readonly cpu?: string;
  /** What lies on the disk one behind the other, where that is not the program of this name. */
  readonly sources?: readonly string[];
  /** The file that is typed on its first serial port. */
  readonly typed?: string;
}

const onDisk = (name: string, rest: Partial<Program> = {}): Program => ({
  name,
  disks: [1024],
  ...rest,
});

/** A sample that starts from a disk and has its tour. */
const sample = (name: string): Program => {
  const folder = `../../samples/${name}`;
  const sources = ['boot', 'kernel'].map((source) => `${folder}/${source}.asm`);
  return onDisk(name, { sources, typed: `${folder}/tour.txt` });
};

const kernel = (name: string): Program => onDisk(name, { kernel: true });
/** Everything that TCG can do: SMEP, SMAP, NX, … */
const modern = (name: string): Program => onDisk(name, { cpu: 'max' });

export const PROGRAMS: readonly Program[] = [
  onDisk('disk'),
  onDisk('geometry', { disks: [64, 1500, 10_240, 102_400] }),
  ...['services', 'apm', 'pci', 'chipset', 'time', 'serial', 'mouse', 'protected', 'bios32'].map(
    (name) => onDisk(name),
  ),
  ...['modes', 'text', 'graphics', 'colours', 'vbe'].map((name) => onDisk(name)),
  ...['scancodes', 'reboot', 'planes', 'dac', 'crtc', 'lfb'].map((name) => onDisk(name)),
  ...['kbc', 'ata-identify', 'ata-transfer', 'ata-errors', 'rtc'].map((name) => onDisk(name)),
  ...['pit', 'pic', 'hpet', 'acpi', 'mp', 'apic', 'fwcfg', 'uart', 'parallel'].map((name) =>
    onDisk(name),
  ),
  ...['reset-cf9', 'reset-92', 'reset-kbc', 'reset-fault', 'off-acpi'].map((name) => onDisk(name)),
  ...['unreal', 'debug', 'fastcalls', 'pae'].map(modern),
  onDisk('floppy', { medium: 'floppy' }),
  onDisk('cdrom', { medium: 'cdrom' }),
  onDisk('eltorito', { disks: [1440], medium: 'booted-cd' }),
  ...['multiboot', 'elf'].map(kernel),
  ...['faults', 'pages', 'gates', 'tasks', 'v8086', 'long'].map(modern),
  sample('kernel32'),
];
