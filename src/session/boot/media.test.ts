import assert from 'node:assert/strict';
import type { End } from '../end';
import { Machine, type MonitorName } from '../machine';
import { MachineRun } from '../run';
import { bootFirmware, bootImageFrom, bootProgram } from './boot';
import type { BootImage } from './boot-image';
import { assembleText } from './flat';
import { BOOT_IMAGE, Emulation, isoImage, type IsoBoot } from './iso.testing';
import type { BootOptions, NamedBytes } from './options';
import { UnbootableImage } from './unbootable';

const MEMORY = 8 << 20;
const OPTIONS: BootOptions = { name: 'image', memory: MEMORY };
const MONITORS: readonly MonitorName[] = ['none', 'vtx'];

const named = (bytes: Uint8Array, name = 'medium.img'): NamedBytes => ({ name, bytes });

function run(image: BootImage, monitor: MonitorName): { text: string; end: End | undefined } {
  let text = '';
  const debugConsole = (byte: number): void => void (text += String.fromCharCode(byte));
  const machine = new Machine(image, { monitor, memory: MEMORY }, { debugConsole });
  const stop = new MachineRun(machine).turn(20_000, 5_000_000);
  return { text, end: stop.kind === 'end' ? stop.end : undefined };
}

const exited = (value: number): End => ({ kind: 'exit-device', value });

const assembled = async (source: string, size = 512): Promise<Uint8Array> => {
  const { image } = await assembleText(source);
  const bytes = new Uint8Array(Math.max(size, Math.ceil(image.length / 512) * 512));
  bytes.set(image);
  return bytes;
};

/** A boot sector of whatever is booted, which ends with `jc wrong` where something is wrong. */
const program = (code: string): string => `
        org 0x7c00
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov [drive], dl
${code}
wrong:  mov al, ah
        out 0xe9, al
        mov al, 0xee
        out 0xf4, al
drive:  db 0
        times 510 - ($ - $$) db 0
        dw 0xaa55`;

const end = (value: string): string => `
        mov al, ${value}
        out 0xf4, al`;

/** Writes sectors 2 to 4 of cylinder 5 of a floppy disk, reads them back elsewhere, and compares. */
const WRITER = program(`
        mov di, 0x9000
        mov cx, 512 * 3
        mov al, 0x21
.fill:  stosb
        inc ax
        loop .fill
        mov ax, 0x0303
        mov cx, 0x0502
        mov dx, 0x0100
        mov dl, [drive]
        mov bx, 0x9000
        int 0x13
        jc wrong
        mov ax, 0x0203
        mov cx, 0x0502
        mov dh, 1
        mov dl, [drive]
        mov bx, 0xb000
        int 0x13
        jc wrong
        mov si, 0x9000
        mov di, 0xb000
        mov cx, 512 * 3
        repe cmpsb
        jne wrong
${end('[drive]')}`);

/** Tells what INT 13h/42h reads of sector 16 of the CD, and the drive. */
const CD_READER = program(`
        mov si, packet
        mov dl, 0xe0
        mov ah, 0x42
        int 0x13
        jc wrong
        mov si, 0x8001
        mov cx, 5
.print: lodsb
        out 0xe9, al
        loop .print
${end('[drive]')}
packet: dw 0x10, 1, 0x8000, 0
        dq 16`);

/** Reads the sector that holds 0x77 of a disk that the CD presents, fails to write, ends the emulation. */
const EMULATED = (cylinder: number): string =>
  program(`
        mov ax, 0x0201
        mov cx, ${String(cylinder << 8)} | 3
        mov dh, 1
        mov bx, 0x9000
        int 0x13
        jc wrong
        mov ax, 0x0301
        mov cx, 1
        mov dl, [drive]
        int 0x13
        jnc wrong
        cmp ah, 3
        jne wrong
        mov ax, 0x4b00
        mov dl, [drive]
        mov si, 0xa000
        int 0x13
        jc wrong
        mov al, [0xa002]
        cmp al, [drive]
        jne wrong
        mov ax, 0x0201
        mov cx, 1
        mov dl, [drive]
        int 0x13
        jnc wrong
${end('[0x9000 + 100]')}`);

const cd = async (source: string, boot: Partial<IsoBoot> = {}): Promise<NamedBytes> =>
  named(isoImage({ image: await assembled(source), ...boot }), 'disc.iso');

for (const monitor of MONITORS) {
  describe(`removable media, monitor ${monitor}`, () => {
    for (const kilobytes of [360, 720, 1200, 1440, 2880]) {
      it(`boot, read and write a floppy disk of ${String(kilobytes)} KB`, async () => {
        const floppies = [named(await assembled(WRITER, kilobytes * 1024))];
        const image = await bootFirmware({ ...OPTIONS, floppies });
        assert.deepEqual(run(image, monitor), { text: '', end: exited(0) });
      });
    }

    it('find two floppy drives beside a disk', async () => {
      const disk = await assembled(
        program(`
        int 0x11
        and al, 0xc1
        cmp al, 0x41
        jne wrong
        mov ah, 8
        mov dl, 1
        int 0x13
        jc wrong
        cmp dl, 2
        jne wrong
        cmp bl, 4
        jne wrong
        mov ax, 0x0201
        mov cx, 0x4f12              ; the very last sector
        mov dx, 0x0101
        mov bx, 0x9000
        push ds
        pop es
        int 0x13
        jc wrong
${end('[0x9000]')}`),
      );
      const second = new Uint8Array(1440 * 1024);
      second.fill(0x42, second.length - 512);
      const floppies = [named(new Uint8Array(1440 * 1024), 'a'), named(second, 'b')];
      const image = await bootImageFrom(disk, { ...OPTIONS, floppies });
      assert.deepEqual(run(image, monitor), { text: '', end: exited(0x42) });
    });

    it('boot a CD as it is', async () => {
      const image = await bootFirmware({ ...OPTIONS, cdrom: await cd(CD_READER) });
      assert.deepEqual(run(image, monitor), { text: 'CD001', end: exited(0xe0) });
    });

    it('boot a CD where its catalog wants to be loaded', async () => {
      const { image: code } = await assembleText(
        'org 0\nmov ax, cs\nmov al, ah\nadd al, [cs:last]\nout 0xf4, al\ntimes 3000 db 0\nlast: db 3',
      );
      const cdrom = named(isoImage({ image: code, segment: 0x2100 }));
      const image = await bootFirmware({ ...OPTIONS, cdrom });
      assert.equal(image.start.rip, 0x1000n, '2000:1000');
      assert.equal(run(image, monitor).end?.kind, 'exit-device');
    });

    for (const [name, options] of [
      ['a floppy disk', async () => ({ floppies: [named(await assembled(WRITER, 1440 * 1024))] })],
      ['a CD', async () => ({ cdrom: await cd(CD_READER) })],
    ] as const) {
      it(`can be saved and restored while ${name} is read`, async () => {
        const image = await bootFirmware({ ...OPTIONS, ...(await options()) });
        const build = (): Machine => new Machine(image, { monitor, memory: MEMORY });
        const go = (machine: Machine, limit: number): void => {
          new MachineRun(machine).turn(20_000, limit);
        };
        const whole = build();
        go(whole, 5_000_000);
        for (const moment of [150, 700, 1_000, 2_000, 5_000, 9_000]) {
          const first = build();
          go(first, moment);
          const second = build();
          second.restore(structuredClone(first.save()));
          assert.equal(second.stateHash, first.stateHash, `at ${String(moment)}`);
          go(second, 5_000_000);
          assert.equal(second.stateHash, whole.stateHash, `after ${String(moment)}`);
        }
      });
    }

    it('boot a CD as a floppy disk', async () => {
      const bytes = await assembled(EMULATED(4), 1440 * 1024);
      bytes[((4 * 2 + 1) * 18 + 2) * 512 + 100] = 0x77;
      const cdrom = named(isoImage({ image: bytes, emulation: Emulation.FLOPPY_1440 }));
      const image = await bootFirmware({ ...OPTIONS, cdrom });
      assert.deepEqual(run(image, monitor), { text: '', end: exited(0x77) });
    });

    it('boot a CD as a hard disk', async () => {
      const bytes = await assembled(EMULATED(2), 8 * 4 * 17 * 512);
      bytes.set([0x80, 1, 1, 0, 6, 3, 17, 7], 0x1be); // 8 cylinders, 4 heads, 17 sectors
      bytes[((2 * 4 + 1) * 17 + 2) * 512 + 100] = 0x66;
      const cdrom = named(isoImage({ image: bytes, emulation: Emulation.HARD_DISK }));
      const image = await bootFirmware({ ...OPTIONS, cdrom });
      assert.deepEqual(run(image, monitor), { text: '', end: exited(0x66) });
    });
  });
}

describe('the order in which media are booted', () => {
  const drive = program(end('[drive]'));
  const disk = async (): Promise<Uint8Array> => assembled(drive);
  const blank = new Uint8Array(64 * 512);

  it('is hard disk, floppy disk, CD', async () => {
    const all = {
      disks: [await disk()],
      floppies: [named(await disk())],
      cdrom: await cd(drive),
    };
    const boot = async (options: Partial<BootOptions>): Promise<End | undefined> =>
      run(await bootFirmware({ ...OPTIONS, ...all, ...options }), 'none').end;
    assert.deepEqual(await boot({}), exited(0x80));
    assert.deepEqual(await boot({ disks: [blank] }), exited(0x00));
    assert.deepEqual(await boot({ disks: [blank], floppies: [named(blank)] }), exited(0xe0));
    assert.deepEqual(await boot({ disks: [] }), exited(0x00));
  });

  it('begins with the program, also where that is a CD', async () => {
    const { bytes } = await cd(drive);
    const image = await bootImageFrom(bytes, { ...OPTIONS, disks: [await disk()] });
    assert.deepEqual(run(image, 'none').end, exited(0xe0));
    const assembly = await assembleText(drive);
    const program_ = await bootProgram(assembly, { ...OPTIONS, cdrom: await cd(drive) });
    assert.deepEqual(run(program_, 'none').end, exited(0x80));
  });

  it('leads on to the machine that has not the disk that was emulated', async () => {
    const bytes = await assembled(
      program(`
        mov ah, 8
        mov dl, 0
        int 0x13
        jc wrong
        mov [drive], dl             ; two drives
        mov ax, 0x0201
        mov cx, 2
        mov dx, 0x0001              ; the real one is the second now
        push ds
        pop es
        mov bx, 0x9000
        int 0x13
        jc wrong
        mov al, [0x9000]
        add al, [drive]
        out 0xf4, al`),
      1440 * 1024,
    );
    const cdrom = named(isoImage({ image: bytes, emulation: Emulation.FLOPPY_1440 }));
    const floppy = new Uint8Array(1440 * 1024);
    floppy[512] = 0x30;
    const image = await bootFirmware({ ...OPTIONS, floppies: [named(floppy)], cdrom });
    assert.deepEqual(run(image, 'none').end, exited(0x32));
  });

  it('has the CD on the secondary channel, or where there is room', async () => {
    for (const disks of [0, 1, 2, 3]) {
      const image = await bootFirmware({
        ...OPTIONS,
        disks: Array.from({ length: disks }, () => blank),
        cdrom: await cd(CD_READER),
      });
      assert.deepEqual(run(image, 'none'), { text: 'CD001', end: exited(0xe0) }, String(disks));
    }
  });
});

describe('media that cannot be used', () => {
  const refused = async (
    options: Partial<BootOptions>,
    file: string,
    fact: RegExp,
  ): Promise<void> => {
    await assert.rejects(
      bootFirmware({ ...OPTIONS, ...options }),
      (error) =>
        error instanceof UnbootableImage && error.file === file && fact.test(error.message),
    );
  };
  const floppy = (size: number): Partial<BootOptions> => ({
    floppies: [named(new Uint8Array(size), 'a.img')],
  });

  it('floppy disk images: empty, odd, too large, too many', async () => {
    await refused(floppy(0), 'a.img', /empty/);
    await refused(floppy(1000), 'a.img', /1000 bytes: no multiple of 512/);
    await refused(floppy(2880 * 1024 + 512), 'a.img', /2949632 bytes.*2949120/);
    const three = ['a', 'b', 'c'].map((name) => named(new Uint8Array(512), name));
    await refused({ floppies: three }, 'c', /third/);
  });

  it('CDs: empty, cut off, without a place', async () => {
    const whole = await cd(CD_READER);
    await refused({ cdrom: named(new Uint8Array(), 'disc.iso') }, 'disc.iso', /empty/);
    const short = named(whole.bytes.slice(0, -2048), 'disc.iso');
    await refused({ cdrom: short }, 'disc.iso', /ends after 40960 bytes: its volume has 43008/);
    const disks = Array.from({ length: 4 }, () => new Uint8Array(512));
    await refused({ cdrom: whole, disks }, 'disc.iso', /no place.*4 disks/);
    const { bytes } = whole;
    await assert.rejects(bootImageFrom(bytes, { ...OPTIONS, cdrom: whole }), /second CD/);
  });

  const damaged = (damage: Record<number, number>): Promise<NamedBytes> =>
    cd(CD_READER, { damage });

  it('CDs that nothing can be booted from', async () => {
    const plain = named(isoImage(undefined), 'disc.iso');
    await refused({ cdrom: plain }, 'disc.iso', /no boot record/);
    await refused({ cdrom: named(new Uint8Array(4096), 'x') }, 'x', /no ISO 9660 volume/);
    await refused({ cdrom: await damaged({ 0: 0 }) }, 'disc.iso', /valid entry/);
    await refused({ cdrom: await damaged({ 5: 0 }) }, 'disc.iso', /valid entry/);
    await refused({ cdrom: await damaged({ 30: 0 }) }, 'disc.iso', /valid entry/);
    await refused({ cdrom: await damaged({ 32: 0 }) }, 'disc.iso', /not bootable/);
    await refused({ cdrom: await damaged({ 33: 5 }) }, 'disc.iso', /unknown medium \(5\)/);
    await refused(
      { cdrom: await damaged({ 34: 0xf0, 35: 0x9f }) },
      'disc.iso',
      /512 bytes.*0x9ff00/,
    );
    await refused({ cdrom: await damaged({ 42: 1 }) }, 'disc.iso', /image.*in sector 65556/);
    const lost = (await cd(CD_READER)).bytes;
    lost[17 * 2048 + 0x48] = 1;
    await refused({ cdrom: named(lost, 'disc.iso') }, 'disc.iso', /catalog.*in sector 275/);
    assert.equal(BOOT_IMAGE, 20);
  });

  it('but a CD beside a disk need not be booted', async () => {
    const disk = await assembled(program(end('[drive]')));
    const cdrom = named(isoImage(undefined), 'disc.iso');
    const image = await bootFirmware({ ...OPTIONS, disks: [disk], cdrom });
    assert.deepEqual(run(image, 'none').end, exited(0x80));
  });
});
