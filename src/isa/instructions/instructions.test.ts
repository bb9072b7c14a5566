import assert from 'node:assert/strict';
import { Code, CodeExt, CpuidFeature, Instruction, Mnemonic, type OpCodeInfo } from 'iced-x86';
import { exitReason } from '../vmx/exit-reasons';
import { conditionalGloss } from './conditions';
import { FLAG_ROWS, flagsOf } from './flags';
import { glossedMnemonics, instructionGloss } from './glosses';
import { privilegeOf, SENSITIVE_ROWS, sensitivityOf } from './privilege';
import { SVM_INTERCEPTS, svmInterceptOf } from './svm-intercepts';
import { vendorFeatures } from './vendors';
import { VMX_EXITS, vmxExitOf } from './vmx-exits';

/** iced-x86's mnemonics of which some form has the property. */
function mnemonicsWith(test: (info: OpCodeInfo) => boolean): Set<string> {
  const found = new Set<string>();
  for (let code = 1; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    if (info.decoderOption === 0 && test(info))
      found.add(Mnemonic[info.mnemonic]?.toLowerCase() ?? '');
    info.free();
  }
  return found;
}

const known = mnemonicsWith(() => true);

/** NASM's names of instructions that iced-x86 calls otherwise. */
const NASM_ONLY =
  /^(sal|retn|ret[wdq]|retn[wdq]|retf[wdq]|loopn?z|int0[13]|icebp|iretw|pushaw|popaw|pushfw|popfw|fwait|xlat|lock|rep(n?[ez])?)$/;

describe('sentences about instructions', () => {
  it('exist for instructions that exist, each once', () => {
    const names = glossedMnemonics();
    assert.ok(names.length > 350, String(names.length));
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      names.filter((name) => !known.has(name) && !NASM_ONLY.test(name)),
      [],
    );
  });

  it('exist for every instruction of ring 0', () => {
    const ring0 = mnemonicsWith((info) => info.mustBeCpl0);
    // GETSECQ and RSM's kin have names that NASM does not know.
    assert.deepEqual(
      [...ring0].filter((name) => !instructionGloss(name)),
      [],
    );
  });

  it('exist for all of VMX and SVM', () => {
    const instruction = new Instruction();
    const has = (code: number, feature: string): boolean => {
      instruction.code = code;
      return [...instruction.cpuidFeatures()].some((f) => CpuidFeature[f] === feature);
    };
    for (const feature of ['VMX', 'SVM']) {
      const all = mnemonicsWith((info) => has(info.code, feature));
      assert.ok(all.size >= 5, feature);
      const missing = [...all].filter((name) => !instructionGloss(name));
      assert.deepEqual(missing, [], feature);
    }
    instruction.free();
  });

  it('tell what conditional instructions test', () => {
    assert.deepEqual(conditionalGloss('jz'), {
      family: 'Jumps if {0}.',
      condition: 'equal, or zero (ZF = 1)',
    });
    assert.equal(conditionalGloss('cmovnge')?.condition, conditionalGloss('setl')?.condition);
    assert.equal(conditionalGloss('jmp'), undefined);
    const all = [...known].filter((name) => /^(j(?!mp|.?cxz|kn?zd)|set(?!ssbsy)|cmov)/.test(name));
    assert.deepEqual(
      all.filter((name) => !/jmpe|cxz/.test(name) && !conditionalGloss(name)),
      [],
    );
  });
});

describe('what is added about flags', () => {
  it('concerns instructions that exist, and those that iced-x86 knows nothing of', () => {
    const names = FLAG_ROWS.flatMap(({ mnemonics }) => mnemonics);
    assert.deepEqual(
      names.filter((name) => !known.has(name) && !NASM_ONLY.test(name)),
      [],
    );
    for (const name of ['int', 'int3', 'int1', 'into'])
      assert.match(flagsOf(name, [])?.gloss ?? '', /IF through an interrupt gate/, name);
    assert.equal(flagsOf('jmp', ['imm']), undefined);
    assert.ok(flagsOf('jmp', ['far']));
  });
});

describe('vendors', () => {
  it('are those of extensions that exist', () => {
    const instruction = new Instruction();
    const features = new Set<string>();
    for (let code = 1; Code[code] !== undefined; code++) {
      instruction.code = code;
      for (const feature of instruction.cpuidFeatures()) features.add(CpuidFeature[feature] ?? '');
    }
    instruction.free();
    assert.deepEqual(
      vendorFeatures().filter((feature) => !features.has(feature)),
      [],
    );
  });
});

describe('privilege', () => {
  it('agrees with iced-x86', () => {
    const ring0 = mnemonicsWith((i) => i.mustBeCpl0);
    for (const name of ring0) {
      const row = privilegeOf(name, []);
      if (row && name !== 'vmcall') assert.equal(row.ring3, 'no', name);
    }
    const maybe = mnemonicsWith((i) => i.mayRequireCpl0 && !i.mustBeCpl0);
    for (const name of ['sgdt', 'sidt', 'sldt', 'str', 'smsw', 'rdtsc', 'rdtscp', 'rdpmc'])
      assert.ok(maybe.has(name) && privilegeOf(name, [])?.ring3 === 'depends', name);
    for (const name of mnemonicsWith((i) => i.isInputOutput))
      assert.equal(privilegeOf(name, [])?.ring3, 'depends', name);
    const never = new Set([...ring0, ...maybe]);
    const kernelOnly = [...known].filter((name) => privilegeOf(name, [])?.ring3 === 'no');
    assert.deepEqual(
      kernelOnly.filter((name) => !never.has(name)),
      [],
    );
  });

  it('depends on the operands of MOV', () => {
    assert.equal(privilegeOf('mov', ['cr0', 'eax'])?.ring3, 'no');
    assert.equal(privilegeOf('mov', ['rax', 'dr7'])?.ring3, 'no');
    assert.equal(privilegeOf('mov', ['eax', 'ebx']), undefined);
  });

  it('says which exception tells of a wrong ring', () => {
    for (const name of ['encls', 'enclv', 'pconfig', 'lkgs', 'erets', 'eretu', 'monitor', 'clac'])
      assert.match(privilegeOf(name, [])?.gloss ?? '', /#UD/, name);
    for (const name of ['tpause', 'umwait', 'getsec', 'rdpru', 'rsm'])
      assert.equal(privilegeOf(name, [])?.ring3, 'depends', name);
    assert.match(privilegeOf('enclu', [])?.gloss ?? '', /Ring 3 only/);
  });

  it('names the seventeen sensitive instructions of Robin and Irvine', () => {
    const uses: [string, ...string[]][] = [
      ['sgdt', 'mem'],
      ['sidt', 'mem'],
      ['sldt', 'ax'],
      ['smsw', 'ax'],
      ['pushf'],
      ['popf'],
      ['lar', 'ax', 'bx'],
      ['lsl', 'ax', 'bx'],
      ['verr', 'ax'],
      ['verw', 'ax'],
      ['pop', 'ds'],
      ['push', 'cs'],
      ['call', 'far'],
      ['jmp', 'far'],
      ['int', 'imm'],
      ['retf'],
      ['str', 'ax'],
      ['mov', 'ax', 'cs'],
    ];
    for (const [name, ...operands] of uses) assert.ok(sensitivityOf(name, operands), name);
    assert.equal(sensitivityOf('mov', ['eax', 'ebx']), undefined);
    assert.equal(sensitivityOf('call', ['imm']), undefined);
    assert.ok(SENSITIVE_ROWS.every(({ gloss }) => gloss.endsWith('.')));
  });
});

describe('VM exits', () => {
  it('under VT-x agree with iced-x86', () => {
    const exits = mnemonicsWith((i) => i.intelVmExit || i.intelMayVmExit);
    const uses = (name: string): string[][] =>
      name === 'mov' ? [['cr3', 'rax']] : /^(call|jmp)$/.test(name) ? [['far']] : [[]];
    // GETSECQ is GETSEC with a prefix that NASM has no name for.
    const missing = [...exits].filter(
      (name) => name !== 'getsecq' && !uses(name).some((operands) => vmxExitOf(name, operands)),
    );
    assert.deepEqual(missing, []);
    for (const row of VMX_EXITS.filter(({ when }) => when === 'always'))
      for (const name of row.mnemonics)
        assert.ok(mnemonicsWith((i) => i.intelVmExit).has(name), name);
    for (const row of VMX_EXITS.filter(({ when }) => when !== 'never' && when !== 'always'))
      for (const name of row.mnemonics)
        assert.ok(exits.has(name) || NASM_ONLY.test(name) || name === 'rsm', name);
  });

  it('have a reason and, where a control decides, the control', () => {
    for (const row of VMX_EXITS) {
      if (row.when === 'never') continue;
      assert.ok(row.reason !== undefined && exitReason(row.reason), row.mnemonics.join());
      assert.equal(row.control !== undefined, row.when === 'control');
    }
    assert.equal(vmxExitOf('mov', ['rax', 'cr3'])?.control?.field.id, 'CR3_STORE_EXITING');
    assert.equal(vmxExitOf('mov', ['cr4', 'rax'])?.when, 'condition');
    assert.equal(vmxExitOf('mov', ['rax', 'cr4'])?.when, 'never');
    assert.equal(vmxExitOf('mov', ['rax', 'rbx']), undefined);
    assert.equal(vmxExitOf('add', []), undefined);
  });

  it('under SVM agree with iced-x86', () => {
    const exits = mnemonicsWith((i) => i.amdVmExit || i.amdMayVmExit);
    const missing = [...exits].filter(
      (name) =>
        !svmInterceptOf(
          name,
          name === 'mov' ? ['cr3', 'rax'] : /^(call|jmp)$/.test(name) ? ['far'] : [],
        ),
    );
    // Encrypted guests, and instructions without an intercept of their own.
    assert.deepEqual(
      missing.sort(),
      'pvalidate rdmsrlist rmpadjust rmpquery wrmsrlist wrmsrns'.split(' '),
    );
    for (const row of SVM_INTERCEPTS)
      for (const name of row.mnemonics)
        assert.ok(exits.has(name) || NASM_ONLY.test(name) || /^ud/.test(name), name);
  });

  it('under SVM have the exit codes of appendix C', () => {
    const code = (name: string, ...operands: string[]): number | undefined =>
      svmInterceptOf(name, operands)?.exitCode;
    assert.equal(code('cpuid'), 0x72);
    assert.equal(code('hlt'), 0x78);
    assert.equal(code('out'), 0x7b);
    assert.equal(code('vmmcall'), 0x81);
    assert.equal(code('xsetbv'), 0x8d);
    assert.equal(code('invlpgb'), 0xa0);
    assert.equal(code('int3'), 0x43);
    assert.equal(code('mov', 'cr3', 'rax'), 0x13);
    assert.equal(code('mov', 'rax', 'dr7'), 0x27);
    assert.equal(code('lmsw'), 0x10);
    assert.equal(code('jmp', 'far'), 0x7d);
    assert.equal(code('vmgexit'), 0x403);
  });
});
