import assert from 'node:assert/strict';
import { LONG } from '../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import { Target } from '../target';
import { Views } from '../views/views';
import type { WalkCell, WalkColumn, WalkPicture } from './picture';

/** A guest is run into an endless loop, and its translations are drawn. */

async function stopped(source: string, options: Partial<MachineOptions> = {}) {
  const program = await assembleText(source);
  const image = flatImage(program);
  const machine = new Machine(image, { monitor: 'vtx', memory: 4 << 20, ...options });
  const run = new MachineRun(machine);
  while (machine.computer.processor.work < 100_000) run.turn(10, 100_000);
  const target = new Target(machine, [program]);
  const views = new Views(target, (text) => BigInt(text));
  const walk = (address: string): WalkPicture => {
    const found = views.pageWalk('guest', address);
    if (!('picture' in found)) throw new Error(found.message);
    return found.picture;
  };
  return { target, walk };
}

/** A guest in protected mode, with a table at 0x10000. */
const PROTECTED = (tables: string): string => `
        org 0x7c00
        bits 16
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        ${tables}
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp $
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt`;

const longMode = (body: string, options?: Partial<MachineOptions>) =>
  stopped(LONG(`${body}\n jmp $`), options);

const cellsOf = ({ second, entry }: WalkColumn): WalkCell[] => [
  ...second,
  ...(entry ? [entry] : []),
];
const cells = ({ columns }: WalkPicture): WalkCell[] => columns.flatMap(cellsOf);
const orders = (picture: WalkPicture): (number | undefined)[] =>
  cells(picture).map(({ order }) => order);
const counted = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Changes an entry of the guest's page table for the first 2 MBytes. */
function setEntry(target: Target, page: number, entry: bigint): void {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, entry, true);
  target.memory.write('gpa', BigInt(0x13000 + 8 * page), data);
}

describe('the page walk as a picture', function () {
  this.timeout(60_000);

  it('has 24 references under EPT, column by column', async () => {
    const { target, walk } = await longMode('mov byte [0x40123], 1');
    const picture = walk('0x40123');
    assert.equal(picture.references, 24);
    assert.deepEqual(orders(picture), counted(24));
    assert.deepEqual(
      picture.columns.map(({ name, address }) => `${name} ${address ?? ''}`),
      [
        'PML4E GPA 0x10000',
        'PDPTE GPA 0x11000',
        'PDE GPA 0x12000',
        'PTE GPA 0x13200',
        'page GPA 0x40123',
      ],
    );
    assert.deepEqual(picture.second, {
      name: 'EPT',
      levels: [4, 3, 2, 1].map((level) => {
        const name = `EPT ${['', 'PTE', 'PDE', 'PDPTE', 'PML4E'][level] ?? ''}`;
        return { level, name };
      }),
    });
    const { entry } = picture.columns[3] ?? assert.fail();
    assert.equal(entry?.name, 'PTE[64]');
    assert.equal(entry.order, 20);
    assert.equal(entry.flags, 'P W U A D');
    const home = target.memory.hostAddress('gpa', 0x13200n) ?? 0;
    assert.equal(entry.place, `GPA 0x13200 = HPA 0x${home.toString(16)}`);
    assert.deepEqual(entry.bits[1], { name: 'RW', value: '1', gloss: 'Writes are allowed.' });
    const host = target.memory.hostAddress('gpa', 0x40123n) ?? 0;
    const hpa = `HPA 0x${host.toString(16)}`;
    assert.deepEqual(picture.results, ['GPA 0x40123', hpa]);
    assert.equal(picture.pageSize, 'page of 4 KB');
    assert.equal(picture.columns.at(-1)?.host, hpa);
    assert.equal(picture.stop, undefined);
    assert.equal(picture.root, 'CR3 → 0x10000');
    assert.equal(picture.rights, 'supervisor mode may: read, write, execute');
  });

  it('cuts the address into the bits that index each level', async () => {
    const { walk } = await longMode('');
    const parts = walk('0xffff800000323456').parts.map(
      ({ name, high, low, value }) => `${name} ${String(high)}:${String(low)} ${value}`,
    );
    assert.deepEqual(parts, [
      'sign 63:48 0xffff',
      'PML4 47:39 256',
      'PDPT 38:30 0',
      'PD 29:21 1',
      'PT 20:12 291',
      'offset 11:0 0x456',
    ]);
  });

  it('ends at the guest’s entry that is at fault, and says who receives it', async () => {
    const { target, walk } = await longMode('');
    setEntry(target, 0x40, 0x40001n);
    const picture = walk('user write 0x40000');
    const { stop } = picture;
    assert.equal(stop?.title, 'Reference 20: PTE[64]');
    assert.equal(stop.why, 'only for the supervisor');
    assert.equal(stop.outcome, '#PF (0x7 US WR P), CR2 = 0x40000');
    assert.deepEqual(
      [stop.receiver, stop.receiverText],
      ['guest', 'the guest’s own handler receives it'],
    );
    const last = cells(picture).at(-1);
    assert.deepEqual([last?.name, last?.stops], ['PTE[64]', true]);
    assert.equal(picture.references, 20);
    assert.deepEqual(picture.columns.at(-1)?.second, []);
  });

  it('names the levels that a walk does not come to', async () => {
    const { walk } = await longMode('');
    const picture = walk('0x40000000');
    assert.equal(picture.stop?.title, 'Reference 10: PDPTE[1]');
    const [, , pde, pte, page] = picture.columns;
    assert.deepEqual([pde?.entry, pte?.entry, page?.address], [undefined, undefined, undefined]);
    assert.deepEqual([pde?.name, pte?.name, page?.name], ['PDE', 'PTE', 'page']);
  });

  it('ends in the second dimension at an EPT violation, which the guest does not hear of', async () => {
    const { target, walk } = await longMode('');
    setEntry(target, 0x40, 0x800_0007n);
    const picture = walk('0x40000');
    assert.match(picture.stop?.why ?? '', /^EPT violation at level \d: the entry is not present/);
    assert.equal(picture.stop?.receiver, 'vmm');
    assert.equal(picture.stop?.outcome, 'exit qualification 0x781');
    const last = cells(picture).at(-1);
    assert.equal(last?.stops, true);
    assert.equal(last.order, picture.references);
    assert.match(picture.stop.title, /^Reference 2\d: EPT P/);
    assert.equal(picture.columns.at(-1)?.host, undefined);
  });

  it('has a column less for a large page, whose offset is longer', async () => {
    const { target, walk } = await longMode('');
    target.memory.write('gpa', 0x12008n, Uint8Array.from([0x87, 0, 0x20, 0, 0, 0, 0, 0]));
    const picture = walk('0x323456');
    assert.equal(picture.references, 19);
    assert.deepEqual(orders(picture), counted(19));
    assert.deepEqual(
      picture.columns.map(({ name }) => name),
      ['PML4E', 'PDPTE', 'PDE', 'page'],
    );
    assert.equal(picture.parts.at(-1)?.value, '0x123456');
    assert.equal(picture.pageSize, 'page of 2 MB');
  });

  it('shows the guest’s tables and, numbered, the shadow tables that hardware walks', async () => {
    const { walk } = await longMode('mov byte [0x40000], 1', { paging: 'shadow' });
    const picture = walk('0x40000');
    assert.equal(picture.references, 4);
    assert.equal(picture.second, undefined);
    assert.deepEqual(orders(picture), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(
      picture.shadow?.cells.map(({ order, level }) => [order, level]),
      [
        [1, 4],
        [2, 3],
        [3, 2],
        [4, 1],
      ],
    );
    assert.match(picture.shadow?.end ?? '', /^HPA 0x/);
    const hidden = walk('0x100000').shadow;
    assert.equal(hidden?.cells.at(-1)?.stops, true);
    assert.match(hidden.end, /hidden page fault/);
  });

  it('has one dimension where nothing is virtualized', async () => {
    const { walk } = await longMode('mov byte [0x40000], 1', { monitor: 'none' });
    const picture = walk('0x40000');
    assert.equal(picture.references, 4);
    assert.deepEqual(orders(picture), counted(4));
    assert.deepEqual([picture.second, picture.shadow], [undefined, undefined]);
    assert.equal(picture.tlb.state, 'hit');
    const fault = walk('user execute 0x40000000').stop;
    assert.equal(fault?.receiverText, 'the handler in its own IDT receives it');
  });

  it('is a walk of the second dimension alone while paging is off', async () => {
    const { walk } = await stopped('org 0x7c00\nbits 16\n jmp $');
    const picture = walk('0x7c00');
    assert.deepEqual([picture.parts, picture.root, picture.references], [[], undefined, 4]);
    assert.match(picture.note ?? '', /^paging is off/);
    assert.deepEqual(
      picture.columns.map(({ name, address }) => [name, address]),
      [['page', 'GPA 0x7c00']],
    );
    const bare = (await stopped('org 0x7c00\nbits 16\n jmp $', { monitor: 'none' })).walk('0x7c00');
    assert.deepEqual(bare.results, ['GPA 0x7c00', 'HPA 0x7c00']);
    assert.equal(bare.references, 0);
  });

  it('knows 32-bit paging with a large page, whose table is a directory', async () => {
    const tables = 'mov dword [0x10000], 0x83\n mov eax, 0x10\n mov cr4, eax';
    const { walk } = await stopped(PROTECTED(tables), { monitor: 'none' });
    const picture = walk('0x123456');
    assert.deepEqual(
      picture.columns.map(({ name, address }) => [name, address]),
      [
        ['PDE', 'GPA 0x10000'],
        ['page', 'GPA 0x123456'],
      ],
    );
    assert.equal(picture.columns[0]?.entry?.flags, 'P W A PS');
    assert.deepEqual([picture.pageSize, picture.references], ['page of 4 MB', 1]);
    assert.deepEqual(
      picture.parts.map(({ name, high, low }) => [name, high, low]),
      [
        ['PD', 31, 22],
        ['offset', 21, 0],
      ],
    );
  });

  it('knows PAE paging, whose PDPTEs are registers that no reference reads', async () => {
    const tables =
      'mov dword [0x10000], 0x11001\n mov dword [0x11000], 0x83\n mov eax, 0x20\n mov cr4, eax';
    const { walk } = await stopped(PROTECTED(tables));
    const picture = walk('0x123456');
    const [first, second] = picture.columns;
    assert.deepEqual([first?.address, first?.second], [undefined, []]);
    assert.equal(first?.entry?.place, 'a register, loaded with CR3');
    assert.deepEqual([first.entry.order, second?.entry?.order], [undefined, 5]);
    assert.equal(picture.references, 9);
    assert.deepEqual([picture.pageSize, picture.parts[0]?.high], ['page of 2 MB', 31]);
  });

  it('refuses an address that is not canonical', async () => {
    const { walk } = await longMode('');
    const picture = walk('0x800000000000');
    assert.deepEqual(picture.columns, []);
    assert.equal(picture.stop?.why, 'not canonical: #GP(0) before any walk');
  });

  it('tells what the TLB holds: nothing, the translation, or one that is stale', async () => {
    const { target, walk } = await longMode('mov byte [0x40000], 1');
    assert.equal(walk('0x41000').tlb.text, 'TLB: miss');
    assert.match(walk('write 0x40000').tlb.text, /^TLB: hit, RW → HPA 0x\w+ \(VPID 1\)$/);
    setEntry(target, 0x40, 0x41007n);
    assert.equal(walk('write 0x40000').tlb.state, 'stale');
  });
});
