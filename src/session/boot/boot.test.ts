import assert from 'node:assert/strict';
import type { End } from '../end';
import { Machine, type MonitorName } from '../machine';
import { MachineRun } from '../run';
import { bootImageFrom, bootProgram } from './boot';
import { programOfImage } from './image-program';
import { Writer } from './bytes';
import { assembleText } from './flat';
import type { BootOptions } from './options';
import { UnbootableImage } from './unbootable';

const MEMORY = 8 << 20;
const OPTIONS: BootOptions = { name: 'kernel', memory: MEMORY };
const MONITORS: readonly MonitorName[] = ['none', 'vtx'];

/** What a program prints on the serial port, and how it ends. */
async function run(
  source: string,
  monitor: MonitorName,
  options: Partial<BootOptions> = {},
): Promise<{ text: string; end: End | undefined }> {
  const image = await bootProgram(await assembleText(source), { ...OPTIONS, ...options });
  return runImage(image, monitor);
}

function runImage(
  image: Awaited<ReturnType<typeof bootProgram>>,
  monitor: MonitorName,
): { text: string; end: End | undefined } {
  let text = '';
  const serial = (byte: number): void => void (text += String.fromCharCode(byte));
  const machine = new Machine(image, { monitor, memory: MEMORY }, { serial });
  const stop = new MachineRun(machine).turn(20_000, 5_000_000);
  return { text, end: stop.kind === 'end' ? stop.end : undefined };
}

/** 32-bit code that prints the text at ESI. */
const PRINT = `
print:  mov dx, 0x3f8
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  mov al, 10
        out dx, al
        ret`;

const MULTIBOOT = `
        bits 32
        org 0x100000
header: dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
        dd header, header, 0, bss_end, start
start:  mov esp, 0x80000
        cmp eax, 0x2badb002
        jne wrong
        mov esi, [ebx + 16]         ; the command line
        call print
        mov edi, [ebx + 24]         ; the first module
        mov esi, [edi + 8]
        call print
        mov esi, [edi]
        call print
        cmp dword [bss], 0          ; cleared
        jne wrong
        mov al, [ebx + 8 + 2]       ; memory above 1 MByte, in units of 64 MBytes
        out 0xf4, al
wrong:  mov al, 0xee
        out 0xf4, al
${PRINT}
        absolute $
bss:    resd 1024
bss_end:`;

const MULTIBOOT2 = `
        bits 32
        org 0x100000
header: dd 0xe85250d6, 0, header_end - header, -(0xe85250d6 + header_end - header)
        dw 2, 0
        dd 24, header, header, 0, 0
        dw 3, 0
        dd 12, start, 0
        dw 1, 0
        dd 20, 6, 1, 14, 0
        dw 0, 0
        dd 8
header_end:
start:  mov esp, 0x80000
        cmp eax, 0x36d76289
        jne wrong
        lea edi, [ebx + 8]
.tag:   cmp dword [edi], 0
        je done
        cmp dword [edi], 1
        jne .acpi
        lea esi, [edi + 8]
        call print
.acpi:  cmp dword [edi], 14
        jne .next
        cmp dword [edi + 8], 'RSD '
        jne wrong
        mov esi, [edi + 8 + 16]     ; the table of tables
        cmp dword [esi], 'RSDT'
        jne wrong
        mov byte [acpi], 2
.next:  mov eax, [edi + 4]
        add eax, 7
        and eax, -8
        add edi, eax
        jmp .tag
done:   mov al, 3
        add al, [acpi]
        out 0xf4, al
wrong:  mov al, 0xee
        out 0xf4, al
acpi:   db 0
${PRINT}`;

const SECTORS = `
        org 0x7c00
        bits 16
        mov ax, 0x0201
        mov cx, 2
        mov dh, 0
        mov bx, 0x7e00
        int 0x13
        jc wrong
        jmp second
wrong:  mov al, 0xee
        out 0xf4, al
        times 510 - ($ - $$) db 0
        dw 0xaa55
second: mov al, 7
        out 0xf4, al
        times 1024 - ($ - $$) db 0`;

interface ElfParts {
  readonly wide: boolean;
  readonly code: Uint8Array;
  readonly machine?: number;
  readonly type?: number;
  readonly virtual?: number;
}

/** An executable of one segment at 1 MByte, with one symbol. */
function elf({ wide, code, machine = wide ? 62 : 3, type = 2, virtual = 0x10_0000 }: ElfParts) {
  const header = wide ? 64 : 52;
  const programHeader = wide ? 56 : 32;
  const start = header + programHeader;
  const out = new Writer().u8(0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1).align(16);
  out.u16(type, machine).u32(1);
  if (wide) out.u64(virtual, header, 0);
  else out.u32(virtual, header, 0);
  out.u32(0).u16(header, programHeader, 1, 0, 0, 0);
  if (wide) out.u32(1, 7).u64(start, virtual, 0x10_0000, code.length, code.length + 64, 0x1000);
  else out.u32(1, start, virtual, 0x10_0000, code.length, code.length + 64, 7, 0x1000);
  return out.append(code).bytes;
}

const machineCode = async (bits: 32 | 64, text: string): Promise<Uint8Array> =>
  (await assembleText(`bits ${String(bits)}\norg 0x100000\n${text}`)).image;

async function refusal(bytes: Uint8Array, options: Partial<BootOptions> = {}): Promise<string> {
  try {
    await bootImageFrom(bytes, { ...OPTIONS, ...options });
  } catch (error) {
    if (error instanceof UnbootableImage) return error.message;
    throw error;
  }
  return 'booted';
}

describe('booting', function () {
  this.timeout(30_000);

  for (const monitor of MONITORS) {
    it(`starts a disk's first sector by firmware, which reads the second, under ${monitor}`, async () => {
      assert.deepEqual((await run(SECTORS, monitor)).end, { kind: 'exit-device', value: 7 });
    });

    it(`starts a Multiboot kernel with command line, module and memory size, under ${monitor}`, async () => {
      const initrd = { name: 'first.mod', bytes: new TextEncoder().encode('contents\0') };
      const { text, end } = await run(MULTIBOOT, monitor, { append: 'quiet x=1', initrd });
      assert.equal(text, 'kernel quiet x=1\nfirst.mod\ncontents\n');
      assert.deepEqual(end, { kind: 'exit-device', value: 0 });
    });

    it(`starts a Multiboot2 kernel, under ${monitor}`, async () => {
      const { text, end } = await run(MULTIBOOT2, monitor, { append: 'a' });
      assert.equal(text, 'kernel a\n');
      assert.deepEqual(end, { kind: 'exit-device', value: 5 });
    });

    it(`starts ELF images in the mode of their class, linked high or low, under ${monitor}`, async () => {
      const narrow = await machineCode(32, 'mov eax, cs\nmov al, 3\nout 0xf4, al');
      const wide = await machineCode(64, 'mov r8, 4\nmov rax, r8\nout 0xf4, al');
      const images = [
        elf({ wide: false, code: narrow }),
        elf({ wide: true, code: wide }),
        elf({ wide: true, code: wide, virtual: 0x4000_0000 }),
      ];
      const ends = [];
      for (const image of images) {
        ends.push(runImage(await bootImageFrom(image, OPTIONS), monitor).end);
      }
      assert.deepEqual(
        ends.map((end) => end?.kind === 'exit-device' && end.value),
        [3, 4, 4],
      );
    });
  }

  it('leaves the machine as the firmware of a PC does', async () => {
    const image = await bootProgram(await assembleText(SECTORS), OPTIONS);
    assert.equal(image.start.rip, 0x7c00n);
    assert.equal(image.start.cr0, 0x10n);
    assert.equal((image.start.gprs[2] ?? 0n) & 0xffn, 0x80n);
    const machine = new Machine(image, { monitor: 'none', memory: MEMORY });
    const { memory, processor } = machine.computer;
    assert.equal(memory.read16(0x413), 639);
    assert.equal(memory.read8(0x475), 1); // one hard disk
    assert.equal(processor.state.msr(0x3a), 5n);
    assert.equal(processor.retired, 0);
  });

  it('writes to ROM are lost', async () => {
    const source = `
        org 0x7c00
        mov ax, 0xf000
        mov ds, ax
        mov ax, [0xfff0]
        not word [0xfff0]
        xor ax, [0xfff0]
        out 0xf4, al
        times 510 - ($ - $$) db 0
        dw 0xaa55`;
    for (const monitor of MONITORS) {
      assert.deepEqual((await run(source, monitor)).end, { kind: 'exit-device', value: 0 });
    }
  });

  it('executes firmware of the user from RESET', async () => {
    const bios = new Uint8Array(0x1_0000);
    bios.set((await assembleText('org 0xfff0\nmov al, 9\nout 0xf4, al\nhlt')).image, 0xfff0);
    const boot = new Uint8Array(512);
    boot.set([0x55, 0xaa], 510);
    for (const monitor of MONITORS) {
      const image = await bootImageFrom(boot, { ...OPTIONS, bios: { name: 'b', bytes: bios } });
      assert.deepEqual(runImage(image, monitor).end, { kind: 'exit-device', value: 9 });
    }
    assert.match(
      await refusal(boot, { bios: { name: 'b', bytes: new Uint8Array(100) } }),
      /100 bytes/,
    );
  });

  it('says why an image cannot be booted', async () => {
    const code = await machineCode(32, 'hlt');
    const good = elf({ wide: false, code });
    assert.match(await refusal(elf({ wide: false, code, machine: 40 })), /number 40/);
    assert.match(await refusal(elf({ wide: false, code, type: 1 })), /not linked/);
    assert.match(await refusal(good.subarray(0, good.length - 1)), /cut off/);
    assert.match(await refusal(good.subarray(0, 60)), /program headers/);
    assert.match(await refusal(good.subarray(0, 20)), /damaged/);
    const header = new Writer().u32(0x1bad_b002, 0x20, -(0x1bad_b002 + 0x20) >>> 0);
    assert.match(await refusal(header.bytes), /flags 0x20/);
    const far = new Writer().u32(0x1bad_b002, 0x10000, -(0x1bad_b002 + 0x10000) >>> 0);
    far.u32(0x1000_0000, 0x1000_0000, 0, 0, 0x1000_0000);
    assert.match(await refusal(far.bytes), /needs memory up to 0x10000020/);
    const module = { name: 'big.img', bytes: new Uint8Array(MEMORY) };
    const assembly = await assembleText(MULTIBOOT);
    await assert.rejects(bootProgram(assembly, { ...OPTIONS, initrd: module }), /big.img/);
    const linux = new Uint8Array(0x400);
    linux.set(new TextEncoder().encode('HdrS'), 0x202);
    assert.match(await refusal(linux), /boot protocol 0.00/);
  });

  it('knows no symbols of a flat image', () => {
    assert.deepEqual(programOfImage(new Uint8Array(16), 'flat.bin').symbols.all, []);
  });
});
