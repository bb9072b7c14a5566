import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import { Target } from '../target';
import type { Row } from './row';
import { Views } from './views';

/** Three exits: before the units are used, behind it, and behind more of it. */
const GUEST = `
        bits 16
        org 0x7c00
        mov eax, cr4
        or eax, 0x200
        mov cr4, eax
        cpuid
        fld1
        fldpi
        movups xmm1, [numbers]
        cpuid
        fstp st0
        addps xmm1, xmm1
        cpuid
        hlt
numbers: dd 1.5, -2.0, 0.0, 4.0
`;

const EXITS_OF_CPUID = 10;

describe('the x87 and vector registers in the Registers view', () => {
  let target: Target;
  let views: Views;

  beforeEach(async () => {
    const program = await assembleText(GUEST);
    const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 4 << 20 });
    target = new Target(machine, [program]);
    views = new Views(target, (text) => BigInt(text));
  });

  function toCpuid(): void {
    const run = new MachineRun(target.machine);
    for (;;) {
      const stop = run.inMonitor ? run.operate() : run.execute(1_000_000);
      if (stop?.kind === 'exit' && target.technique.exits.lastReason() === EXITS_OF_CPUID) break;
    }
    views.atStop();
  }

  const rows = (node?: string, format?: 'decimal'): Row[] =>
    views.rows({ view: 'registers', focus: 'guest', node, format }).rows;
  const row = (node: string, label: string): Row => {
    const found = rows(node).find((candidate) => candidate.label === label);
    assert.ok(
      found,
      `${label} in ${rows(node)
        .map((r) => r.label)
        .join()}`,
    );
    return found;
  };
  const edit = (node: string, text: string): void => {
    views.edit({ view: 'registers', focus: 'guest', node }, text);
  };

  it('stand in groups of their own, folded, with what the mode can reach', () => {
    const groups = rows().slice(-3);
    assert.deepEqual(
      groups.map(({ label, children }) => [label, children]),
      [
        ['x87', 'collapsed'],
        ['MMX', 'collapsed'],
        ['SSE/AVX', 'collapsed'],
      ],
    );
    const labels = rows('vector').map(({ label }) => label);
    assert.deepEqual(labels.slice(-2), ['xmm7', 'mxcsr']);
    assert.equal(rows('mmx').length, 8);
  });

  it('show the stack as decimal numbers with their kind, their place, and their bits', () => {
    toCpuid();
    toCpuid();
    assert.equal(row('x87', 'st0 (R6)').description, '3.1415926535897932385 (valid)');
    assert.equal(row('x87', 'st1 (R7)').description, '1.0 (valid)');
    assert.equal(row('x87', 'st2 (R0)').description, '0.0 (empty)');
    assert.equal(row('x87/st0', 'bits').description, '0x4000c90fdaa22168c235');
    assert.equal(row('x87/st0', 'exponent').editable, false);
    assert.equal(row('x87', 'ftw').description, '0xfff');
    assert.match(row('x87/fcw', 'IM [0]').tooltip ?? '', /Invalid operation/);
  });

  it('unfold vectors into lanes', () => {
    toCpuid();
    toCpuid();
    assert.equal(row('vector', 'xmm1').description, '0x4080000000000000c00000003fc00000');
    assert.equal(row('vector/xmm1', 'f32').description, '{1.5, -2.0, 0.0, 4.0}');
    assert.equal(
      row('vector/xmm1', 'u32').description,
      '{0x3fc00000, 0xc0000000, 0x0, 0x40800000}',
    );
    assert.equal(
      rows('vector/xmm1', 'decimal').find(({ label }) => label === 'u8')?.children,
      'collapsed',
    );
    const lane = row('vector/xmm1/f32', '[3]');
    assert.equal(lane.description, '4.0');
    assert.equal(lane.expression, 'guest.xmm1.f32[3]');
  });

  it('mark what has changed, lane by lane', () => {
    toCpuid();
    toCpuid();
    toCpuid();
    assert.equal(row('vector', 'xmm1').changed, true);
    assert.equal(row('vector', 'xmm2').changed, undefined);
    assert.equal(row('vector/xmm1/f32', '[0]').changed, true);
    assert.equal(row('vector/xmm1/f32', '[2]').changed, undefined, '0 + 0');
    assert.equal(row('x87', 'st1 (R0)').changed, true, 'another register, and empty');
    assert.equal(row('x87/fsw', 'TOP [13:11]').changed, true);
    assert.equal(row('x87', 'fcw').changed, undefined);
  });

  it('are the same from the side of the monitor, whose code reaches all of them', () => {
    toCpuid();
    toCpuid();
    const request = { view: 'registers', focus: 'host', node: 'vector' } as const;
    const list = views.rows(request).rows;
    const xmm1 = list.find(({ label }) => label === 'xmm1');
    assert.equal(xmm1?.description, row('vector', 'xmm1').description);
    assert.equal(xmm1?.expression, 'host.xmm1');
    assert.ok(list.some(({ label }) => label === 'xmm15'));
    views.edit({ ...request, node: 'vector/xmm1/f32/[0]' }, '0.25');
    assert.equal(row('vector/xmm1/f32', '[0]').description, '0.25');
  });

  it('take numbers: whole registers, lanes, the stack, bits', () => {
    edit('vector/xmm0', '0x112233445566778899aabbccddeeff00');
    edit('vector/xmm0/f32/[1]', '-1.5');
    edit('vector/xmm0/i8/[0]', '-3');
    assert.equal(row('vector', 'xmm0').description, '0x1122334455667788bfc00000ddeefffd');
    edit('x87/st3', '-0.1');
    assert.equal(row('x87', 'st3 (R3)').description, '-0.1 (valid)');
    edit('x87/st3/bits', '0x7fff8000000000000001');
    assert.equal(row('x87', 'st3 (R3)').description, 'nan(0x1) (special, signalling NaN)');
    edit('vector/mxcsr', '0x1fc0');
    assert.equal(row('vector/mxcsr', 'DAZ [6]').description, '1');
  });

  it('refuse other texts, and stay as they were', () => {
    const hash = target.machine.stateHash;
    const refusals: [string, string, RegExp][] = [
      ['vector/mxcsr', '0x10000', /mxcsr cannot take this value/],
      ['vector/xmm0', '1.5', /no whole number/],
      ['vector/xmm0/f32/[0]', 'abc', /abc is no register/],
      ['vector/xmm0/u8/[0]', '256', /does not fit in 8 bits/],
      ['vector/xmm0/f32', '1', /cannot be edited/],
      ['x87/st0/sign', '1', /cannot be edited/],
      ['x87/st9', '1', /cannot be edited/],
      ['x87', '1', /cannot be edited/],
    ];
    for (const [node, text, message] of refusals) {
      assert.throws(() => {
        edit(node, text);
      }, message);
    }
    assert.equal(target.machine.stateHash, hash);
  });
});
