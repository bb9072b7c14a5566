import assert from 'node:assert/strict';
import type { BootImage } from './boot/boot-image';
import { assembleText, flatImage, hostingObstacle, Machine, MachineRun } from '.';
import type { End } from './end';
import { WAYS, type Way } from './ways';

const MIB = 2 ** 20;
/** Where the guest's work lies, and how much of it there is. */
const PAGES = 400;

/** Writes a word into each of many pages and reads it back, three times over; then 0, or 1 where one was another. */
const filling = (paged: boolean): string => `
bits 16
org 0x7c00
        cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7000
        in      al, 0x92
        or      al, 2
        out     0x92, al
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     8:main
bits 32
main:   mov     ax, 16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, 0x7000
${paged ? PAGING : ''}
        mov     ebp, 3
round:  mov     edi, 0x200000
        mov     ecx, ${String(PAGES)}
write:  mov     eax, edi
        add     eax, ebp
        mov     [edi + ebp * 8], eax
        add     edi, 4096
        loop    write
        mov     edi, 0x200000
        mov     ecx, ${String(PAGES)}
read:   mov     eax, edi
        add     eax, ebp
        cmp     [edi + ebp * 8], eax
        jne     bad
        add     edi, 4096
        loop    read
        dec     ebp
        jnz     round
        mov     al, 0
        out     0xf4, al
bad:    mov     al, 1
        out     0xf4, al
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw 23
        dd gdt
`;

/** Tables of 4-KByte pages at 1 MByte, for 8 MBytes. */
const PAGING = `
        mov     edi, 0x100000
        mov     dword [edi], 0x101007
        mov     dword [edi + 4], 0x102007
        mov     edi, 0x101000
        mov     eax, 7
        mov     ecx, 2048
entry:  mov     [edi], eax
        add     eax, 4096
        add     edi, 4
        loop    entry
        mov     eax, 0x100000
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
`;

const image = async (text: string): Promise<BootImage> => flatImage(await assembleText(text));

async function machineOf(
  { monitor, paging }: Way,
  text: string,
  hostMemory: number | undefined,
): Promise<Machine> {
  const hosting = hostMemory === undefined ? undefined : { memory: hostMemory };
  return new Machine(await image(text), {
    monitor,
    memory: 8 * MIB,
    hosting,
    ...(paging && { paging }),
  });
}

const LIMIT = 60_000_000;

function toEnd(machine: Machine): End | undefined {
  const run = new MachineRun(machine);
  while (machine.computer.processor.work < LIMIT) {
    const stop = run.turn(1000, LIMIT);
    if (stop.kind === 'end') return stop.end;
    assert.equal(stop.kind, 'spent', JSON.stringify(stop));
  }
  return undefined;
}

const GOOD: End = { kind: 'exit-device', value: 0 };
const MONITORED = WAYS.filter(({ monitor }) => monitor !== 'none');

describe('a hosted monitor', () => {
  for (const way of MONITORED) {
    for (const paged of [false, true]) {
      const name = `${way.name}, ${paged ? 'with' : 'without'} paging`;

      it(`${name}: the guest's pages come when they are touched`, async () => {
        const machine = await machineOf(way, filling(paged), 8 * MIB);
        assert.deepEqual(toEnd(machine), GOOD);
        const { counts } = machine.vms?.kernel ?? assert.fail();
        assert.ok(counts.firstTouches >= PAGES, JSON.stringify(counts));
        assert.equal(counts.swapOuts, 0);
      });

      // The tables of a paravirtual guest hold host frames.
      if (way.monitor === 'paravirt') continue;
      it(`${name}: what has no room goes to the swap device and comes back`, async () => {
        const machine = await machineOf(way, filling(paged), MIB);
        assert.deepEqual(toEnd(machine), GOOD);
        const { counts } = machine.vms?.kernel ?? assert.fail();
        assert.ok(counts.swapOuts > PAGES && counts.swapIns > PAGES, JSON.stringify(counts));
      });
    }
  }

  it('keeps several guests apart, whose pages push each other out', async () => {
    for (const way of MONITORED.filter(({ monitor }) => monitor !== 'paravirt')) {
      const { monitor, paging } = way;
      const [first, second] = [await image(filling(true)), await image(filling(false))];
      const machine = new Machine(first, {
        monitor,
        memory: 8 * MIB,
        hosting: { memory: MIB },
        others: [{ image: second, memory: 8 * MIB }],
        slice: 3000,
        ...(paging && { paging }),
      });
      const run = new MachineRun(machine);
      const ends: End[] = [];
      while (ends.length < 2 && machine.computer.processor.work < LIMIT) {
        const stop = run.turn(1000, LIMIT);
        if (stop.kind === 'guest-ended' || stop.kind === 'end') ends.push(stop.end);
        else assert.equal(stop.kind, 'spent', JSON.stringify(stop));
      }
      assert.deepEqual(ends, [GOOD, GOOD], way.name);
      const { kernel } = machine.vms ?? assert.fail();
      assert.ok((kernel?.counts.swapIns ?? 0) > PAGES, way.name);
    }
  });

  it('goes on from any state as before', async () => {
    for (const way of MONITORED.filter(({ monitor }) => monitor !== 'paravirt')) {
      const machine = await machineOf(way, filling(true), MIB);
      const run = new MachineRun(machine);
      let halfway = 0;
      while (machine.vms?.kernel && machine.vms.kernel.counts.swapIns < 100) {
        run.turn(1000, machine.computer.processor.work + 500 + (halfway++ % 7));
      }
      const state = machine.save();
      assert.deepEqual(toEnd(machine), GOOD);
      const other = await machineOf(way, filling(true), MIB);
      other.restore(state);
      assert.deepEqual(toEnd(other), GOOD);
      assert.equal(other.stateHash, machine.stateHash, way.name);
    }
  });
});

describe('hosting', () => {
  const wish = { hosting: 'hosted', monitor: 'vtx', guestMemory: 8 * MIB } as const;

  it('needs a monitor, room for what never goes, and a guest that does not know its frames', () => {
    assert.equal(hostingObstacle({ ...wish, hostMemory: MIB }), undefined);
    assert.equal(hostingObstacle({ ...wish, hostMemory: undefined }), undefined);
    assert.equal(hostingObstacle({ ...wish, hostMemory: MIB / 2 }), 'too-small');
    const none = { ...wish, monitor: 'none', hostMemory: undefined } as const;
    assert.equal(hostingObstacle(none), 'no-monitor');
    const bare = { ...wish, hosting: 'bare', hostMemory: MIB } as const;
    assert.equal(hostingObstacle(bare), 'no-host');
    const paravirt = { ...wish, monitor: 'paravirt', hostMemory: MIB } as const;
    assert.equal(hostingObstacle(paravirt), 'frames-are-known');
    assert.equal(hostingObstacle({ ...paravirt, hostMemory: 8 * MIB }), undefined);
  });
});
