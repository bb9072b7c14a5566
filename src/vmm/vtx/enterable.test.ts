import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AccessRights, SegmentRights } from '../../isa/access-rights';
import { Seg } from '../../isa/registers/segment';
import type { SegmentRegister } from '../../processor/state/cpu-state';
import { explainEntry } from '../../processor/vmx/entry-checks';
import {
  entryWith,
  PAE_MODE,
  type FieldValues,
} from '../../processor/vmx/entry-checks/valid-vmcs.testing';
import { isEnterable } from './enterable';

/** What is said to be enterable is held against the processor's own checks of VM entries. */

const RUNS = Number(process.env['RUNS'] ?? 20_000);
const SEED = Number(process.env['SEED'] ?? 20_261_126);
const NAMES = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS'] as const;
const { S, P, DB, G, L, UNUSABLE, DPL_SHIFT } = AccessRights;
const PE = 1n;
const FLAGS = 0x202n;
const VM_FLAGS = 0x20202n;

interface Guest {
  readonly cr0: bigint;
  readonly rflags: bigint;
  readonly segments: readonly SegmentRegister[];
}

/** Without "unrestricted guest", with PAE paging underneath, as shadow paging has it. */
function refusals({ rflags, segments }: Guest): string[] {
  const fields: FieldValues = {
    ...PAE_MODE,
    SECONDARY_VM_EXEC_CONTROL: 0,
    GUEST_RFLAGS: rflags,
    ...Object.fromEntries(
      NAMES.flatMap((name, index) => {
        const { selector, base, limit, accessRights } = segments[index] ?? assert.fail(name);
        return [
          [`GUEST_${name}_SELECTOR`, selector],
          [`GUEST_${name}_BASE`, base],
          [`GUEST_${name}_LIMIT`, limit],
          [`GUEST_${name}_AR_BYTES`, accessRights],
        ];
      }),
    ),
  };
  return explainEntry(entryWith(fields)).map(({ id }) => id);
}

function enterable({ cr0, rflags, segments }: Guest): boolean {
  const segment = (index: number) => segments[index] ?? assert.fail();
  return isEnterable({ cr0, rflags, segment });
}

/** Software goes on where CS is unusable, or has L and D: no guest is long in such a segment. */
function isOddCode({ segments }: Guest): boolean {
  const rights = segments[Seg.CS]?.accessRights ?? 0;
  return (rights & UNUSABLE) !== 0 || (rights & (L | DB)) === (L | DB);
}

/** Mostly one value, at times another. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** A segment register that is nearly right for a privilege level, and what real mode leaves in one. */
function segment(types: readonly number[], level: number): fc.Arbitrary<SegmentRegister> {
  return fc
    .record({
      type: mostly(types[0] ?? 0, fc.constantFrom(...types, ...Array.from({ length: 16 }).keys())),
      rpl: mostly(level, fc.nat(3)),
      dpl: mostly(level, fc.nat(3)),
      index: fc.nat(31),
      present: mostly(P, fc.constant(0)),
      memory: mostly(S, fc.constant(0)),
      sizes: mostly(G | DB, fc.constantFrom(0, G, DB, L, L | DB, L | G)),
      usable: mostly(0, fc.constant(UNUSABLE)),
      limit: mostly(0xffff_ffff, fc.constantFrom(0, 0xffff, 0xf_ffff, 0x10_0000, 0xffff_fffe)),
    })
    .map(({ type, rpl, dpl, index, present, memory, sizes, usable, limit }) => ({
      selector: (index << 3) | rpl,
      base: 0n,
      limit,
      accessRights: type | (dpl << DPL_SHIFT) | present | memory | sizes | usable,
    }));
}

const CODE_TYPES = [11, 9, 13, 15];
const DATA_TYPES = [3, 1, 5, 7, 11, 15];
const guests: fc.Arbitrary<Guest> = fc.nat(3).chain((level) => {
  const data = segment(DATA_TYPES, level);
  return fc.record({
    cr0: mostly(PE, fc.constant(0n)),
    rflags: fc.constant(FLAGS),
    segments: fc.tuple(data, segment(CODE_TYPES, level), segment([3, 7], level), data, data, data),
  });
});

const flat = (selector: number, accessRights: number): SegmentRegister => ({
  selector,
  base: 0n,
  limit: 0xffff_ffff,
  accessRights,
});

/** Ring 0 of a flat 32-bit guest. */
function ring0(changed: Partial<Record<number, SegmentRegister>> = {}): Guest {
  const segments = NAMES.map((_, index) =>
    index === Seg.CS ? flat(8, 0xc09b) : flat(0x10, 0xc093),
  );
  return {
    cr0: PE,
    rflags: FLAGS,
    segments: segments.map((usual, index) => changed[index] ?? usual),
  };
}

describe('a guest that can be entered without "unrestricted guest"', () => {
  it('is never refused by the processor', () => {
    let [yes, heldBack] = [0, 0];
    fc.assert(
      fc.property(guests, (guest) => {
        const failed = refusals(guest);
        if (enterable(guest)) {
          yes++;
          assert.deepEqual(failed, []);
        } else if (failed.length === 0 && guest.cr0 & PE) {
          heldBack++;
          assert.ok(isOddCode(guest));
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    // Else the property says nothing.
    assert.ok(yes > RUNS / 20, `${String(yes)} of ${String(RUNS)} could be entered`);
    assert.ok(heldBack < yes / 10, `${String(heldBack)} beside ${String(yes)} were held back`);
  });

  it('is a flat one in protected mode', () => {
    assert.deepEqual([enterable(ring0()), refusals(ring0())], [true, []]);
  });

  it('is none in real mode, nor with what real mode leaves in CS', () => {
    assert.equal(enterable({ ...ring0(), cr0: 0n }), false);
    const realCode = { selector: 0, base: 0n, limit: 0xffff, accessRights: 0x93 };
    const between = ring0({ [Seg.CS]: realCode });
    assert.equal(enterable(between), false);
    assert.notDeepEqual(refusals(between), []);
  });

  it('is none whose data segments are of a level that real mode cannot know', () => {
    const realData = { selector: 0x1233, base: 0x12330n, limit: 0xffff, accessRights: 0x93 };
    const between = ring0({ [Seg.DS]: realData });
    assert.deepEqual([enterable(between), refusals(between)], [false, ['guest.ds.dpl']]);
  });

  it('is one in virtual-8086 mode', () => {
    const segments = NAMES.map(() => ({
      selector: 0x1000,
      base: 0x10000n,
      limit: 0xffff,
      accessRights: SegmentRights.VIRTUAL_8086,
    }));
    const guest = { cr0: PE, rflags: VM_FLAGS, segments };
    assert.deepEqual([enterable(guest), refusals(guest)], [true, []]);
  });
});
