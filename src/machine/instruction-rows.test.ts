import assert from 'node:assert/strict';
import { Vector } from '../isa/exceptions';
import { maskOf, type BitTable } from '../isa/bits';
import { concerns } from '../isa/instructions/forms';
import { PRIVILEGE_ROWS, type PrivilegeRow } from '../isa/instructions/privilege';
import { VMX_EXITS, type VmxExitRow } from '../isa/instructions/vmx-exits';
import { Cr0, Cr4, WideCr0, WideCr4, WideEfer } from '../isa/registers/control';
import { Msr } from '../isa/registers/msr';
import { WideRflags } from '../isa/registers/flags';
import {
  EXCEPTION_BITMAP,
  PRIMARY_CONTROLS,
  PrimaryControl,
  SecondaryControl,
} from '../isa/vmx/controls';
import { exitReason } from '../isa/vmx/exit-reasons';
import '../processor/semantics/definitions';
import { definitionOf } from '../processor/semantics/instruction';
import type { Processor } from '../processor/processor';
import { AMD_PROFILE } from '../processor/profile/amd';
import { DEFAULT_PROFILE } from '../processor/profile/default';
import type { FieldValues } from '../processor/vmx/entry-checks/valid-vmcs.testing';
import { aboutTo, enterVmxOperation, exitBy, raisedBy } from './one-instruction.testing';

/** Every row about privilege and about VM exits is shown by an instruction that the processor executes. */

/** A use of an instruction: its operands as the tables match them, and as they are written. */
interface Use {
  readonly mnemonic: string;
  readonly operands: readonly string[];
  readonly text: string;
}

/** How operands are written, of mnemonics that have any. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...fill('lgdt lidt sgdt sidt invlpg vmxon vmclear vmptrld vmptrst', '[rbx]'),
  ...fill('lldt ltr lmsw', 'ax'),
  ...fill('sldt str smsw', 'eax'),
  ...fill('rdfsbase rdgsbase wrfsbase wrgsbase', 'rax'),
  ...fill('invept invvpid', 'rax, [rbx]'),
  ...fill('lss lfs lgs', 'eax, [rbx]'),
  ...fill('ud0 ud1', 'eax, eax'),
  ...fill('invpcid', 'rax, [rbx]'),
  ...fill('rdrand rdseed rdpid', 'rax'),
  ...fill('xsaves xsaves64 xrstors xrstors64', '[rbx]'),
  in: 'al, 0x10',
  out: '0x10, al',
  vmread: 'rax, rcx',
  vmwrite: 'rcx, rax',
  int: '0x80',
};

function fill(mnemonics: string, operands: string): Record<string, string> {
  return Object.fromEntries(mnemonics.split(' ').map((name) => [name, operands]));
}

const MOVES = [
  ['cr0', 'rax'],
  ['cr3', 'rax'],
  ['cr4', 'rax'],
  ['cr8', 'rax'],
  ['dr7', 'rax'],
  ['rax', 'cr0'],
  ['rax', 'cr3'],
  ['rax', 'cr4'],
  ['rax', 'cr8'],
  ['rax', 'dr7'],
] as const;

/** Uses of a row of which the processor has the instruction; the first row that fits a use counts. */
function usesOf<Row extends PrivilegeRow | VmxExitRow>(row: Row, rows: readonly Row[]): Use[] {
  const uses = row.mnemonics
    .filter((mnemonic) => mnemonic !== 'mov' && definitionOf(mnemonic.toUpperCase()))
    .map((mnemonic) => ({
      mnemonic,
      operands: [],
      text: `${mnemonic} ${WRITTEN[mnemonic] ?? ''}`,
    }));
  const moves = MOVES.map((operands) => ({
    mnemonic: 'mov',
    operands,
    text: `mov ${operands.join(', ')}`,
  }));
  const first = (use: Use) => rows.find((each) => concerns(each, use.mnemonic, use.operands));
  return [...uses, ...(row.mnemonics.includes('mov') ? moves : [])].filter(
    (use) => first(use) === row,
  );
}

/** Mnemonics that the rows know and this test does not execute, and why. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  ...fill('into bound lds les', 'not in 64-bit mode'),
  ...fill('int iret iretd', 'through the IDT or a task gate: programs.test.ts'),
  ...fill('popfd pushfd', 'not in 64-bit mode'),
  ...fill('call jmp', 'only to a task: task-switch.test.ts'),
  skinit: 'no processor here has it',
  rsm: 'no processor here has a system-management mode: svm/intercepts.test.ts',
  ...fill('sysexit sysexitq', '#GP has another cause without IA32_SYSENTER_CS'),
};

const SVM_INSTRUCTIONS = 'vmrun vmload vmsave stgi clgi invlpga vmmcall';

/** Exceptions by intention: nothing tells theirs from a fault. */
const RAISES = ['int3', 'int1'];

const shown = (use: Use): boolean => NOT_SHOWN[use.mnemonic] === undefined;

describe('rows about privilege', () => {
  const set = (bits: bigint) => (cpu: Processor) => {
    cpu.state.cr4 |= bits;
  };
  /** What makes a permission that depends on the system be given. */
  const ALLOW: Readonly<Record<string, (cpu: Processor) => void>> = {
    ...each('cli sti in out insb insw insd outsb outsw outsd', (cpu) => {
      cpu.state.systemFlags |= WideRflags.IOPL;
    }),
    ...each('rdfsbase rdgsbase wrfsbase wrgsbase', set(WideCr4.FSGSBASE)),
    xgetbv: set(WideCr4.OSXSAVE),
    ...each('rdpkru wrpkru', (cpu) => {
      cpu.state.cr4 |= WideCr4.PKE;
      cpu.state.setGpr(2, 0n);
    }),
    syscall: (cpu) => {
      cpu.state.efer |= WideEfer.SCE;
    },
    sysenter: (cpu) => {
      cpu.state.setMsr(Msr.SYSENTER_CS, 8n);
    },
  };
  /** What takes it away, where it is given without anybody's doing. */
  const FORBID: Readonly<Record<string, (cpu: Processor) => void>> = {
    ...each('sgdt sidt sldt str smsw', set(WideCr4.UMIP)),
    ...each('rdtsc rdtscp', set(WideCr4.TSD)),
  };
  /** What it takes that the ring is what is wrong. */
  const READY: Readonly<Record<string, (cpu: Processor) => void>> = {
    ...each(
      'vmxon vmxoff vmclear vmptrld vmptrst vmread vmwrite vmlaunch vmresume invept invvpid',
      enterVmxOperation,
    ),
    ...each(SVM_INSTRUCTIONS, (cpu) => {
      cpu.state.efer |= WideEfer.SVME;
    }),
    ...each('xsetbv xsaves xsaves64 xrstors xrstors64', set(WideCr4.OSXSAVE)),
    ...each('sysret sysretq', (cpu) => {
      cpu.state.efer |= WideEfer.SCE;
    }),
  };
  /** Faults in ring 3 whatever the system allows; VMFUNC in every ring outside a guest (vm-functions.test.ts),
   * and so VMMCALL (svm/intercepts.test.ts). */
  const NEVER_ALLOWED = ['rdpmc', 'vmcall', 'vmfunc', 'vmmcall'];
  /** A processor that has the instruction. */
  const profileFor = (mnemonic: string) =>
    SVM_INSTRUCTIONS.split(' ').includes(mnemonic) ? AMD_PROFILE : DEFAULT_PROFILE;

  for (const row of PRIVILEGE_ROWS) {
    const uses = usesOf(row, PRIVILEGE_ROWS)
      .filter(shown)
      .filter(({ mnemonic }) => !RAISES.includes(mnemonic));
    if (uses.length === 0) continue;
    it(`${uses.map(({ text }) => text.trim()).join(' · ')}: ${row.gloss}`, async () => {
      const fault = /#(GP|UD)/.exec(row.gloss)?.[1] as 'GP' | 'UD' | undefined;
      for (const { mnemonic, text } of uses) {
        const plain = await aboutTo(text, 3, 'reference', profileFor(mnemonic));
        READY[mnemonic]?.(plain);
        FORBID[mnemonic]?.(plain);
        const raised = raisedBy(plain);
        const asked = row.ring3 !== 'yes' || ALLOW[mnemonic] !== undefined;
        if (asked) assert.equal(raised, fault && Vector[fault], text);
        if (row.ring3 === 'no' || NEVER_ALLOWED.includes(mnemonic)) continue;
        const allowed = await aboutTo(text, 3);
        ALLOW[mnemonic]?.(allowed);
        assert.equal(raisedBy(allowed), undefined, `${text}, allowed`);
      }
    });
  }

  it('lists what it does not execute', () => {
    const unknown = PRIVILEGE_ROWS.flatMap(({ mnemonics }) => mnemonics).filter(
      (name) => name !== 'mov' && !definitionOf(name.toUpperCase()),
    );
    assert.deepEqual([...new Set(unknown)].sort().join(' '), UNIMPLEMENTED_PRIVILEGE);
  });
});

function each<T>(mnemonics: string, value: T, operands = ''): Record<string, T> {
  return Object.fromEntries(mnemonics.split(' ').map((name) => [name + operands, value]));
}

const UNIMPLEMENTED_PRIVILEGE =
  'encls enclu enclv erets eretu getsec icebp int01 int03 iretw lkgs ' +
  'pconfig popfw rdpru tpause umwait';

describe('rows about VM exits', () => {
  /** The primary controls that the processor insists on, and none else. */
  const NONE = Number(DEFAULT_PROFILE.vmx.primary.mustBe1);
  const QUIET = NONE | PrimaryControl.ACTIVATE_SECONDARY_CONTROLS;

  /** The fields under which the row's control is 1 (or, of the bitmaps, says "exit"). */
  function under(row: VmxExitRow, on: boolean): FieldValues {
    const bitmaps = row.control?.field.id === 'USE_MSR_BITMAPS';
    const mask = row.control ? Number(maskOf(row.control.field)) : 0;
    const wanted = on !== bitmaps ? mask : 0;
    const isIn = (table: BitTable): boolean => row.control?.table === table;
    return {
      CPU_BASED_VM_EXEC_CONTROL: (QUIET | (isIn(PRIMARY_CONTROLS) ? wanted : 0)) >>> 0,
      EXCEPTION_BITMAP: isIn(EXCEPTION_BITMAP) ? wanted : 0,
      SECONDARY_VM_EXEC_CONTROL:
        isIn(PRIMARY_CONTROLS) || isIn(EXCEPTION_BITMAP) ? 0 : wanted & OFFERED,
    };
  }
  const OFFERED = DEFAULT_PROFILE.vmx.secondary.mayBe1;

  interface Condition {
    readonly fields?: FieldValues;
    readonly rax?: bigint;
    readonly cr4?: bigint;
    readonly xss?: bigint;
  }

  /** A supervisor component that is enabled, asked for, and told to exit. */
  const SAVES_SUPERVISOR: Condition = {
    fields: { SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_XSAVES, XSS_EXIT_BITMAP: 0x100 },
    cr4: WideCr4.OSXSAVE,
    rax: 0x100n,
    xss: 0x100n,
  };

  /** A page without memory, where all bits are 1. */
  const ONES = 0x7ffff000;

  /** What makes an instruction with a condition of its own exit, and the value it is given. */
  const CONDITIONS: Readonly<Record<string, Condition>> = {
    'mov cr0, rax': {
      fields: { CR0_GUEST_HOST_MASK: Cr0.TS },
      rax: WideCr0.PG | WideCr0.PE | WideCr0.NE | WideCr0.ET | WideCr0.TS,
    },
    'mov cr4, rax': {
      fields: { CR4_GUEST_HOST_MASK: Cr4.VMXE },
      rax: WideCr4.PAE | WideCr4.VMXE,
    },
    'clts ': { fields: { CR0_GUEST_HOST_MASK: Cr0.TS, CR0_READ_SHADOW: Cr0.TS }, rax: 0n },
    'rdtscp ': { fields: { SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_RDTSCP } },
    'invpcid rax, [rbx]': {
      fields: { SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_INVPCID },
    },
    'xsetbv ': { cr4: WideCr4.OSXSAVE },
    ...each('xsaves xsaves64 xrstors xrstors64', SAVES_SUPERVISOR, ' [rbx]'),
    'vmread rax, rcx': { fields: { VMREAD_BITMAP: ONES } },
    'vmwrite rcx, rax': { fields: { VMWRITE_BITMAP: ONES } },
    'lmsw ax': { fields: { CR0_GUEST_HOST_MASK: Cr0.EM }, rax: WideCr0.EM | WideCr0.PE },
  };

  for (const row of VMX_EXITS) {
    const uses = usesOf(row, VMX_EXITS).filter(shown);
    if (uses.length === 0) continue;
    const reason = row.reason === undefined ? '' : ` (${exitReason(row.reason)?.name ?? ''})`;
    it(`${uses.map(({ text }) => text.trim()).join(' · ')}: ${row.when}${reason}`, async () => {
      for (const { text } of uses) {
        const condition = CONDITIONS[text];
        const load = (cpu: Processor) => {
          cpu.state.setGpr(0, condition?.rax ?? 0n);
          cpu.state.cr4 |= condition?.cr4 ?? 0n;
          if (condition?.xss) cpu.state.setMsr(Msr.XSS, condition.xss);
        };
        const exit = (on: boolean) =>
          exitBy(text, 0, { ...under(row, on), ...(on && condition?.fields) }, load);
        const offered = exitsByControlAlone(row);
        if (row.when === 'never') assert.notEqual(await exit(true), row.reason ?? -1, text);
        else assert.equal(await exit(true), row.reason, text);
        if (row.when !== 'always' && offered && row.reason !== undefined)
          assert.notEqual(await exit(false), row.reason, `${text}, without`);
        // "In a guest the VM exit comes first, in every ring": of VMX instructions only.
        if (row.when === 'always' && text.startsWith('vm'))
          assert.equal(
            await exitBy(text, 3, under(row, true), load),
            row.reason,
            `${text}, ring 3`,
          );
      }
    });
  }

  /** VMREAD and VMWRITE always exit where VMCS shadowing is off: what it lets through is in vmcs-shadowing.test.ts. */
  function exitsByControlAlone(row: VmxExitRow): boolean {
    return row.control?.field.id !== 'VMCS_SHADOWING';
  }

  it('lists what it does not execute', () => {
    const unknown = VMX_EXITS.flatMap(({ mnemonics }) => mnemonics).filter(
      (name) => name !== 'mov' && !definitionOf(name.toUpperCase()),
    );
    assert.equal([...new Set(unknown)].sort().join(' '), UNIMPLEMENTED_EXITS);
  });
});

const UNIMPLEMENTED_EXITS =
  'encls enclv enqcmd enqcmds getsec icebp int01 int03 iretw loadiwkey pconfig popfw ' +
  'pushfw rdmsrlist seamcall senduipi tdcall tpause umonitor umwait ' +
  'wrmsrlist wrmsrns';
