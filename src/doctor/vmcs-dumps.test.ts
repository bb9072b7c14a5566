import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fieldName, type FieldId } from '../isa/vmx/fields';
import {
  BEYOND,
  CASES,
  ENTRY,
  VALID,
  type Mutation,
} from '../processor/vmx/entry-checks/mutations.testing';
import {
  LONG_MODE,
  PAE_MODE,
  REAL_MODE,
  VIRTUAL_8086,
  type FieldValues,
} from '../processor/vmx/entry-checks/valid-vmcs.testing';
import { ENTRY_CHECKS } from '../processor/vmx/entry-checks';
import { diagnoseText, NoDump, type Diagnosis } from './index';
import { VMCS_PRINTERS, type VmcsModel, type VmcsPrinter } from './vmcs-printers.testing';

const GOOD: readonly [string, FieldValues][] = [
  ['64-bit mode', LONG_MODE],
  ['real mode, unrestricted', REAL_MODE],
  ['PAE paging, ring 3', PAE_MODE],
  ['virtual-8086 mode', VIRTUAL_8086],
];

/** An exit for CPUID: the entry worked. */
const WORKED = { reason: 10, qualification: 0 };

function only(text: string): Diagnosis {
  const [diagnosis, ...others] = diagnoseText(text);
  assert.ok(diagnosis);
  assert.equal(others.length, 0);
  return diagnosis;
}

/** As if somebody had mailed it: lines broken at 76 columns, quoted, with hard blanks. */
function mailed(text: string): string {
  const wrapped = text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > 76) {
      const at = rest.lastIndexOf(' ', 76);
      if (at <= 30) break;
      lines.push(rest.slice(0, at));
      rest = rest.slice(at + 1);
    }
    return [...lines, rest];
  });
  return wrapped.map((line) => `> > ${line.replaceAll('  ', ' \u00a0')}`).join('\r\n');
}

const quotedPrintable = (text: string): string =>
  text
    .replaceAll('=', '=3D')
    .split('\n')
    .map((line) => line.replace(/^(.{50}(?:=3D)?(?!=|3D|D))(.{6,})$/, '$1=\n$2'))
    .join('\n');

const DISGUISES: readonly [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['in a mail', mailed],
  ['in quoted-printable', quotedPrintable],
  ['between other lines', (text) => text.replaceAll('\n', '\n[  12.345] usb 1-1: new device\n')],
  ['in a syslog', (text) => text.replaceAll(/^/gm, 'Jun 24 17:25:51 testhost kernel: ')],
];

/** Whether a printer prints all that a rule speaks of. */
function isPrinted(printer: VmcsPrinter, expected: string): boolean {
  const check = Object.values(ENTRY_CHECKS)
    .flat()
    .find(({ id }) => id === expected);
  return (check?.fields ?? []).every((field) => printer.prints(fieldName(field) as FieldId));
}

/** Mutations that are none on some processor, or that a dump cannot show. */
const OPEN: ReadonlySet<string> = new Set([
  'controls.cr3-target-count',
  'controls.eptp.shadow-stack',
  'guest.interruptibility.nmi-sti',
  'guest.interruptibility.enclave',
  'guest.link-pointer.revision',
  'host.address-space.legacy-entry',
]);

/** Groups whose fields dumps mostly leave out, or print only with other controls than these cases have. */
const UNPRINTED: ReadonlySet<string> = new Set([
  'APIC virtualization',
  'what builds on EPT',
  'VM functions and shadow VMCSs',
]);

/** Whether what is broken is so on every processor, not on ours alone. */
function isBrokenAnywhere([expected, change, facts]: Mutation): boolean {
  if (facts || OPEN.has(expected)) return false;
  const beyondOurs = Object.values(change).some(
    (value) => BigInt(value) + 16n >= BEYOND && BigInt(value) < 2n * BEYOND,
  );
  if (beyondOurs) return false;
  return !DEPENDS.has(`${expected} ${Object.values(change).map(String).join()}`);
}

const key = (expected: string, ...values: (number | bigint)[]): string =>
  `${expected} ${values.map(String).join()}`;

/** What other processors have. */
const DEPENDS: ReadonlySet<string> = new Set([
  key('controls.secondary.allowed', Number(LONG_MODE.SECONDARY_VM_EXEC_CONTROL) | (1 << 15)),
  key('controls.pin-based.allowed', Number(LONG_MODE.PIN_BASED_VM_EXEC_CONTROL) | 0x100),
  key('controls.primary.allowed', (Number(LONG_MODE.CPU_BASED_VM_EXEC_CONTROL) | 0x20000) >>> 0),
  key('controls.exit.allowed', (Number(LONG_MODE.VM_EXIT_CONTROLS) | 0x80000000) >>> 0),
  key('controls.entry.allowed', ENTRY | 0x400000),
  key('controls.eptp.walk-length', 0x20066),
  key('controls.injection.vector', VALID + 0x701),
  key('host.cr4.fixed', 0x3020),
  key('guest.debugctl', 4),
  key('guest.activity.supported', 3),
]);

function modelOf(base: FieldValues, [expected, change]: Mutation): VmcsModel {
  const fields = { ...base, ...change };
  if (!expected.startsWith('guest.')) return { fields, ...WORKED };
  const check = ENTRY_CHECKS.guest.find(({ id }) => id === expected);
  return { fields, reason: 0x80000021, qualification: check?.qualification ?? 0 };
}

for (const printer of VMCS_PRINTERS) {
  describe(`a VMCS printed by ${printer.name}`, () => {
    for (const [disguise, put] of DISGUISES) {
      // Others have no sign that mail would encode, or are no lines.
      const asked = printer.format === 'kvm' || printer.format === 'xen';
      if (!asked && disguise !== 'as it is') continue;
      for (const [name, fields] of GOOD) {
        it(`passes: ${name}, ${disguise}`, () => {
          const diagnosis = only(put(printer.print({ fields, ...WORKED })));
          assert.deepEqual(diagnosis.failures, []);
          assert.deepEqual(diagnosis.dump.damages, []);
          assert.equal(diagnosis.verdict, 'passes');
          assert.equal(diagnosis.dump.format, printer.format);
        });
      }
    }

    let shown = 0;
    for (const [group, base, mutations] of CASES.filter(([name]) => !UNPRINTED.has(name))) {
      for (const mutation of mutations) {
        const [expected, change] = mutation;
        if (!isBrokenAnywhere(mutation) || !isPrinted(printer, expected)) continue;
        shown++;
        const what = Object.entries(change)
          .map(([id, value]) => `${id}=${value.toString(16)}h`)
          .join(' ');
        it(`names ${expected} first: ${group}, ${what}`, () => {
          const { failures, verdict } = only(printer.print(modelOf(base, mutation)));
          assert.equal(failures[0]?.rule, expected);
          assert.equal(verdict, 'fails');
        });
      }
    }

    it('is broken in many more than twenty ways', () => {
      assert.ok(shown > 60, String(shown));
    });

    it('is not called broken when lines are missing', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...GOOD),
          fc.infiniteStream(fc.boolean()),
          ([, fields], keep) => {
            const lines = printer.print({ fields, ...WORKED }).split('\n');
            const kept = lines.filter(() => keep.next().value);
            const diagnoses = diagnosesOf(kept.join('\n'));
            assert.deepEqual(
              diagnoses.flatMap(({ failures }) => failures),
              [],
            );
          },
        ),
        { numRuns: 100 },
      );
    });

    it('is not called broken when its end is cut off', () => {
      fc.assert(
        fc.property(fc.constantFrom(...GOOD), fc.nat(), ([, fields], cut) => {
          const text = printer.print({ fields, ...WORKED });
          const diagnoses = diagnosesOf(text.slice(0, cut % text.length));
          assert.deepEqual(
            diagnoses.flatMap(({ failures }) => failures),
            [],
          );
        }),
        { numRuns: 300 },
      );
    });

    it('never throws, however it is damaged', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...GOOD),
          fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.string({ maxLength: 8 })), { maxLength: 12 }),
          ([, fields], wounds) => {
            let text = printer.print({ fields, ...WORKED });
            for (const [at, length, other] of wounds) {
              const start = at % text.length;
              text = text.slice(0, start) + other + text.slice(start + length);
            }
            diagnosesOf(text);
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}

function diagnosesOf(text: string): Diagnosis[] {
  try {
    return diagnoseText(text);
  } catch (error) {
    assert.ok(error instanceof NoDump);
    return [];
  }
}
