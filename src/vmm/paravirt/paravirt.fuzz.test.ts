import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import { tlbEntries } from '../../processor/paging/tlb-entries';
import { Hypercall } from '../hypercalls';
import { PARAVIRT_CALLS } from './hypercalls';
import { call, DIRECT, directKernel, frameOf, kernel64 } from './running.testing';

/** `PARAVIRT_PROGRAMS=500` makes more programs, `SEED=n` the same ones again. */
const PROGRAMS = Number(process.env['PARAVIRT_PROGRAMS'] ?? 20);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const LIMIT = 60_000;
const SHARED = 0x8000;
const FRAME = 0xffffffffff000n;
/** Accessed and dirty: the processor may set them. */
const SET_BY_WALKS = 0x60n;

/** Where lists and buffers may be, and what is none. */
const address = fc.constantFrom(
  ...['list', 'list + 16', '0x20000', '0x20e00', '0x30000', '0x9000', '0x9ffff', '0xa0000'],
  ...['0x100000', '-8', '0xffff800000100000', '0x800000000000', '0', '1'],
);
const amount = fc.constantFrom('0', '1', '2', '3', '64', '65', '512', '-1', '0x8000', '0x20');
const argument = fc.oneof(address, amount);
const numbers = PARAVIRT_CALLS.filter((each) => each !== Hypercall.EXIT);
const oneCall = fc
  .tuple(fc.constantFrom(...numbers, 63), argument, argument, argument)
  .map(([number, ...given]) => call(number, given));
/** What the calls find in the list: updates, calls, words. */
const word = fc.oneof(amount, address, fc.constantFrom(...numbers.map(String)));
const frames = fc.constantFrom<number>(
  DIRECT[4],
  DIRECT[3],
  DIRECT[2],
  DIRECT[1],
  0x20000,
  0x21000,
);
const listed = fc
  .tuple(fc.nat(9), word)
  .map(
    ([n, value]) => `        mov     rax, ${value}\n        mov     [list + ${String(8 * n)}], rax`,
  );
/** An update that could be one. */
const update = fc
  .tuple(
    frames,
    fc.constantFrom(0, 1, 0x20, 0x21, 0x33, 256),
    frames,
    fc.constantFrom(0, 1, 5, 7, 0x87),
  )
  .map(
    ([table, index, page, flags]) => `${frameOf(table, 'rdi')}${frameOf(page, 'rsi')}
        add     rdi, ${String(index * 8)}
        or      rsi, ${String(flags)}
        mov     [list], rdi
        mov     [list + 8], rsi
${call(Hypercall.UPDATE_PAGE_TABLES, ['list', '1'])}`,
  );
const pinned = fc
  .tuple(
    fc.constantFrom(Hypercall.PIN_TABLE, Hypercall.UNPIN_TABLE, Hypercall.SWITCH_CONTEXT),
    frames,
    fc.nat(4),
  )
  .map(([number, page, level]) => `${frameOf(page, 'r8')}${call(number, ['r8', String(level)])}`);
const instruction = fc.constantFrom(
  `mov byte [${String(SHARED)}], 1`,
  `mov byte [${String(SHARED)}], 0`,
  `mov qword [${String(SHARED + 0x18)}], 0`,
  'sti',
  'cli',
  'mov [0x20000], rsp',
  'mov rax, [0x21008]',
  'mov rax, cr3\n mov cr3, rax',
  'mov rax, [0x40180]\n mov cr3, rax',
  'mov ecx, 300\n loop $',
  'mov [0x33108], rax',
  'in al, 0x61',
);
const step = fc.oneof(
  { weight: 3, arbitrary: oneCall },
  { weight: 3, arbitrary: update },
  { weight: 2, arbitrary: pinned },
  listed,
  { weight: 2, arbitrary: instruction },
);

/** Whatever it raises leads to its end; events come, if they come, by vector 20H. */
const MORE = `
ends:   mov     al, 1
        out     0xf4, al
event:  mov     qword [${String(SHARED + 0x10)}], 0
        iretq
        align   8
list:   times   10 dq 0
idtr2:  dw      0x21 * 16 - 1
        dq      idt2
        align   16
idt2:   times   0x21 * 2 dq 0
`;
const gate = (vector: number, handler: string): string => `
        mov     word [idt2 + ${String(vector * 16)}], ${handler}
        mov     word [idt2 + ${String(vector * 16 + 2)}], 24
        mov     dword [idt2 + ${String(vector * 16 + 4)}], 0x8e00`;
const SET_UP = `${[6, 8, 13, 14].map((vector) => gate(vector, 'ends')).join('')}${gate(0x20, 'event')}
        lidt    [idtr2]
${call(Hypercall.SHARE_PAGE, [String(SHARED), '0x20'])}
${call(Hypercall.BIND_EVENT, ['0', '1'])}
${call(Hypercall.BIND_EVENT, ['1', '2'])}
${call(Hypercall.SET_TIMER, ['9000'])}`;

const program = fc
  .tuple(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 40 }))
  .map(([direct, steps]) => {
    const body = SET_UP + steps.join('\n');
    const list = `${call(Hypercall.READ_FRAMES, ['0', String(DIRECT.FRAMES), '160'])}`;
    return direct ? directKernel(body, MORE) : kernel64(list + body, MORE);
  });

async function boot(source: string): Promise<{ machine: Machine; run: MachineRun }> {
  const { media, ...image } = flatImage(await assembleText(source));
  const disks = [new Uint8Array(0x10000).fill(0xa5)];
  const nothing = (): void => undefined;
  const machine = new Machine(
    { ...image, media: { floppies: [], ...media, disks } },
    { monitor: 'paravirt', memory: 1 << 20 },
    { serial: nothing },
  );
  return { machine, run: new MachineRun(machine) };
}

/** Goes on, by operations of the monitor and instructions of the guest. @returns whether there is more */
function advance({ machine, run }: { machine: Machine; run: MachineRun }, units: number): boolean {
  const { processor } = machine.computer;
  for (let done = 0; done < units;) {
    const before = processor.work;
    const stop = run.inMonitor ? run.operate() : run.execute(units - done);
    if (stop?.kind === 'end' || stop?.kind === 'waiting' || stop?.kind === 'shutdown') return false;
    done += Math.max(1, processor.work - before);
  }
  return processor.work < LIMIT;
}

/** The monitor's map of all memory, which stands in every address space: its entries. */
function directMapOf({ computer: { memory, processor } }: Machine): bigint[] {
  const root = Number(processor.state.cr3 & FRAME);
  const third = Number(memory.read64(root + 256 * 8) & FRAME);
  const second = Number(memory.read64(third) & FRAME);
  const entries = [third, second].flatMap((table) =>
    Array.from({ length: 512 }, (_, n) => memory.read64(table + n * 8) & ~SET_BY_WALKS),
  );
  return [BigInt(third), ...entries];
}

/** Nor does a translation that the processor still knows. */
function assertForgotten({ vm, computer }: Machine): void {
  const direct = vm?.monitor.host.paravirt?.direct;
  if (!direct?.isUsed || vm?.monitor.active) return;
  for (const { writable, frame, linear } of tlbEntries(computer.processor.caches.tlb.save())) {
    const isTable = direct.types.isTable(frame);
    assert.ok(!writable || !isTable, `${linear.toString(16)} leads to a table, writable`);
  }
}

/** No table that the processor could walk leads beyond the guest, or lets the guest write to a table. */
function assertContained({ vm, computer }: Machine): void {
  const direct = vm?.monitor.host.paravirt?.direct;
  if (!vm || !direct?.isUsed) return;
  const { memory, processor } = computer;
  const pages = Array.from({ length: 0xa0 }, (_, n) =>
    vm.guestMemory.hostAddress(BigInt(n * 4096)),
  );
  const own = new Set(pages);
  const tables = new Map<number, number>();
  const visit = (table: number, level: number): void => {
    assert.ok(own.has(table));
    assert.equal(tables.get(table) ?? level, level);
    if (tables.has(table)) return;
    tables.set(table, level);
    for (let n = 0; n < 512; n++) {
      if (level === 4 && n === 256) continue;
      const entry = memory.read64(table + n * 8);
      const target = Number(entry & FRAME);
      if (entry & 1n && level > 1) visit(target, level - 1);
      else if (entry & 1n) assert.ok(own.has(target));
    }
  };
  if (processor.state.cpl !== 0) visit(Number(processor.state.cr3), 4);
  for (const [table, level] of tables) {
    if (level !== 1) continue;
    for (let n = 0; n < 512; n++) {
      const entry = memory.read64(table + n * 8);
      const target = Number(entry & FRAME);
      assert.ok((entry & 3n) !== 3n || !tables.has(target), 'a table can be written to');
    }
  }
}

describe(`random calls of a paravirtual guest (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(120_000, PROGRAMS * 4_000));

  it('reach nothing beyond it, and a saved machine goes on as before', async () => {
    let direct = 0;
    const property = fc.asyncProperty(
      program,
      fc.integer({ min: 50, max: 900 }),
      async (source, piece) => {
        const [guest, other] = [await boot(source), await boot(source)];
        const { memory } = guest.machine.computer;
        const gates = memory.readBytes(0x1000, 4096);
        const map = directMapOf(guest.machine);
        let goesOn = true;
        for (let n = 0; goesOn && n < 400; n++) {
          goesOn = advance(guest, piece);
          assertContained(guest.machine);
          assertForgotten(guest.machine);
          if (n % 8 !== 0) continue;
          const saved = guest.machine.save();
          other.machine.restore(saved);
          assert.equal(other.machine.stateHash, guest.machine.stateHash, 'restored');
          const more = advance(guest, 700);
          assert.equal(advance(other, 700), more);
          assert.equal(other.machine.stateHash, guest.machine.stateHash, 'after going on');
          goesOn = more;
        }
        if (guest.machine.vm?.monitor.host.paravirt?.direct.isUsed) direct++;
        assert.deepEqual(memory.readBytes(0x1000, 4096), gates);
        assert.deepEqual(directMapOf(guest.machine), map);
      },
    );
    await fc.assert(property, { numRuns: PROGRAMS, seed: SEED });
    assert.ok(direct > 0);
  });
});
