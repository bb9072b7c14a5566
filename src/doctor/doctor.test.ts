import assert from 'node:assert/strict';
import { LONG_MODE } from '../processor/vmx/entry-checks/valid-vmcs.testing';
import {
  diagnoseText,
  diagnosisDocument,
  diagnosisText,
  NoDump,
  reportJson,
  type Diagnosis,
} from './index';
import { VMCS_PRINTERS } from './vmcs-printers.testing';

const printed = (
  name: string,
): ((model: Parameters<(typeof VMCS_PRINTERS)[0]['print']>[0]) => string) => {
  const printer = VMCS_PRINTERS.find((each) => each.name === name);
  assert.ok(printer);
  return printer.print;
};

const kvm = printed('KVM of Linux 6.6');
const xen = printed('Xen 4.17');

function first(text: string): Diagnosis {
  const [diagnosis] = diagnoseText(text);
  assert.ok(diagnosis);
  return diagnosis;
}

const WRONG_HOST = { ...LONG_MODE, HOST_TR_SELECTOR: 0 };
const WRONG_CONTROLS = { ...LONG_MODE, VIRTUAL_PROCESSOR_ID: 0 };

describe('the outcome of an entry', () => {
  it('is a stale reason after VMfail 7', () => {
    const text = `(XEN) d2v0 VMLAUNCH error: 0x7\n${xen({ fields: WRONG_CONTROLS, reason: 48 })}`;
    const { outcome, failures } = first(text);
    assert.equal(outcome.kind, 'controls');
    assert.ok(outcome.stale);
    assert.equal(failures[0]?.rule, 'controls.vpid.not-zero');
    assert.match(diagnosisText(first(text)), /EPT violation.* is stale/);
  });

  it('puts the host state first after VMfail 8', () => {
    const fields = { ...WRONG_HOST, VIRTUAL_PROCESSOR_ID: 0, GUEST_RFLAGS: 0 };
    const text = `KVM: entry failed, hardware error 0x8\n${kvm({ fields, reason: 30 })}`;
    const { outcome, failures } = first(text);
    assert.equal(outcome.kind, 'host-state');
    assert.deepEqual(
      failures.map(({ area }) => area),
      ['host', 'controls', 'guest'],
    );
  });

  it('is concluded from what is broken, where KVM prints no error', () => {
    const { outcome } = first(kvm({ fields: WRONG_HOST, reason: 48 }));
    assert.deepEqual([outcome.kind, outcome.stale, outcome.inferred], ['host-state', true, true]);
  });

  it('is a VMfail where the event to inject is still there', () => {
    const { outcome, verdict } = first(
      kvm({ fields: { ...LONG_MODE, VM_ENTRY_INTR_INFO: 0x80000020 }, reason: 48 }),
    );
    assert.deepEqual([outcome.kind, verdict], ['vmfail', 'not judged']);
  });

  it('names the rule that the qualification tells', () => {
    const fields = {
      ...LONG_MODE,
      GUEST_INTERRUPTIBILITY_INFO: 1,
      VM_ENTRY_INTR_INFO: 0x80000202,
      GUEST_IA32_DEBUGCTL: 0x8000_0000,
    };
    const { failures } = first(kvm({ fields, reason: 0x80000021, qualification: 3 }));
    assert.deepEqual(
      failures.map(({ rule }) => rule),
      ['guest.interruptibility.nmi-sti', 'guest.debugctl'],
    );
  });

  it('is a machine check, and then nothing is broken', () => {
    const { outcome, verdict } = first(kvm({ fields: LONG_MODE, reason: 0x80000029 }));
    assert.deepEqual([outcome.kind, verdict], ['machine-check', 'passes']);
  });

  it('is unknown of a failure whose cause a dump does not show', () => {
    const { verdict, failures } = first(kvm({ fields: LONG_MODE, reason: 0x80000021 }));
    assert.deepEqual([verdict, failures], ['not judged', []]);
  });

  it('is a guest that lives, where somebody asked for all dumps', () => {
    const one = xen({ fields: LONG_MODE, reason: 12 });
    const text = `(XEN) *********** VMCS Areas **************\n(XEN) >>> Domain 3 <<<\n${one}(XEN) VCPU 1\n${one}`;
    const diagnoses = diagnoseText(text);
    assert.deepEqual(
      diagnoses.map(({ outcome, verdict }) => [outcome.kind, verdict]),
      [
        ['alive', 'passes'],
        ['alive', 'passes'],
      ],
    );
  });

  it('tells which entry of the MSR-load area was refused', () => {
    const text = kvm({ fields: LONG_MODE, reason: 0x80000022, qualification: 2 }).replace(
      /^(.*)\*\*\* Host State/m,
      '$1MSR guest autoload:\n$1   0: msr=0x00000600 value=0x0000000000000000\n$1   1: msr=0x0000038f value=0x8000000000000000\n$1*** Host State',
    );
    const { failures } = first(text);
    assert.equal(failures[0]?.rule, 'guest.msr-load.entry');
    assert.match(failures[0].found, /^entry 2: .*0x8000000000000000$/);
  });

  it('is an entry of Xen’s, which counts from 0', () => {
    const text = xen({ fields: LONG_MODE, reason: 0x80000022, qualification: 0 }).replace(
      'MSR loading (0)',
      'MSR loading (entry 4)',
    );
    assert.equal(
      first(`(XEN) msr 0000038f val 8000000000000000 (mbz 0)\n${text}`).outcome.qualification,
      5n,
    );
  });
});

describe('what a dump does not say', () => {
  it('leaves rules without a judgement, and their fields named', () => {
    const text = kvm({ fields: LONG_MODE, reason: 10 }).replace(/^.*RFLAGS=.*\n/m, '');
    const rule = first(text).notJudged.find((each) => each.rule === 'guest.rflags.reserved');
    assert.deepEqual([rule?.reason, rule?.missing], ['fields', ['GUEST_RFLAGS']]);
  });

  it('is not taken from the host’s state, whose heading is missing', () => {
    const text = kvm({ fields: { ...LONG_MODE, HOST_IA32_EFER: 0 }, reason: 10 })
      .split('\n')
      .filter((line) => !/Host State|EFER= 0x0{13}501|FSBase|CS=|GDTBase|CR0=|RIP/.test(line))
      .join('\n');
    assert.equal(first(text).dump.fields.get('GUEST_IA32_EFER'), undefined);
  });

  it('is the processor: bits of CR4 that the host does not use', () => {
    const { failures, notJudged } = first(
      kvm({ fields: { ...LONG_MODE, GUEST_CR4: 0x1002020 }, reason: 10 }),
    );
    assert.deepEqual(failures, []);
    const rule = notJudged.find((each) => each.rule === 'guest.cr4.fixed');
    assert.equal(rule?.reason, 'processor');
    assert.match(rule.suspect?.allowed ?? '', /0x1000000/);
  });

  it('is the width of linear addresses, but for the host’s CR4.LA57', () => {
    const wide = { ...LONG_MODE, GUEST_SYSENTER_EIP: 0xff11_0000_0000_0000n };
    assert.equal(first(kvm({ fields: wide })).failures[0]?.rule, 'guest.sysenter-eip');
    const host = { ...wide, HOST_CR4: 0x3020 };
    assert.deepEqual(first(kvm({ fields: host })).failures, []);
  });
});

describe('a text that is wrong', () => {
  it('has no dump', () => {
    assert.throws(() => diagnoseText('hello\nworld\n'), NoDump);
    assert.throws(() => diagnoseText(''), /looked for/);
    assert.throws(() => diagnoseText('{"vmcs": {"colour": 3}}'), NoDump);
  });

  it('tells which parameter makes the kernel print one', () => {
    const text = '[1.0] set kvm_intel.dump_invalid_vmcs=1 to dump internal KVM state.';
    assert.throws(() => diagnoseText(text), /kvm_intel\.dump_invalid_vmcs=1/);
    const qemu = 'KVM: entry failed, hardware error 0x80000021\nEAX=00000000 EBX=00000000';
    assert.throws(() => diagnoseText(qemu), /kvm_intel\.dump_invalid_vmcs=1/);
  });

  it('has messages with line and column, and the rest is judged', () => {
    const text = kvm({ fields: { ...LONG_MODE, GUEST_RFLAGS: 0 }, reason: 0x80000021 })
      .replace('CR3 = 0x0000000000003000', 'CR3 = 0x00000000000030')
      .replace('FSBase=0000000000000000', 'FSBase=00000000000x0000');
    const { dump, failures } = first(text);
    assert.deepEqual(
      dump.damages.map(({ place }) => place.line),
      [5, 27],
    );
    const [cr3] = dump.damages;
    assert.equal(text.split('\n')[4]?.slice((cr3?.place.column ?? 0) - 1), '0x00000000000030');
    assert.equal(failures[0]?.rule, 'guest.rflags.reserved');
  });

  it('may be cut within a number that other printers make shorter', () => {
    const whole = printed('Xen 4.4')({ fields: LONG_MODE, reason: 10 });
    const { dump } = first(whole.replace('RFLAGS=0x0000000000000202', 'RFLAGS=0x0000000000'));
    assert.equal(dump.fields.has('GUEST_RFLAGS'), false);
    assert.equal(dump.damages.length, 1);
  });

  it('contradicts itself: then a field is unknown', () => {
    const text = kvm({ fields: LONG_MODE, reason: 10 });
    const { dump } = first(text.replace(/(.*CR3 = 0x0{12})3000/, '$13000\n$14000'));
    assert.equal(dump.fields.has('GUEST_CR3'), false);
    assert.equal(dump.damages.length, 1);
  });

  it('takes no longer because it is made to', () => {
    const long = [
      `0x1 A${' '.repeat(300_000)}x`,
      '0x1 =\n'.repeat(50_000),
      'CR0: actual='.repeat(50_000),
      '"a'.repeat(100_000),
      '> '.repeat(100_000),
      '[1.0] '.repeat(100_000),
    ];
    const start = Date.now();
    for (const text of long) assert.throws(() => diagnoseText(text.slice(0, -1)), NoDump);
    assert.ok(Date.now() - start < 8000, `${String(Date.now() - start)} ms`);
  });

  it('is JSON that is cut', () => {
    const text = '{ "vmcs": {\n  "GUEST_CR0": "0x20",\n  "GUEST_CR9": 1,\n  "GUEST_CR4": ';
    const { dump } = first(text);
    assert.equal(dump.fields.get('GUEST_CR0')?.value, 0x20n);
    assert.deepEqual(
      dump.damages.map(({ place }) => place.line),
      [3, 4],
    );
  });
});

describe('what is written of a diagnosis', () => {
  const text = kvm({ fields: { ...LONG_MODE, GUEST_RFLAGS: 0 }, reason: 0x80000021 });

  it('is JSON', () => {
    const report = JSON.parse(reportJson(diagnoseText(text))) as Record<string, unknown>;
    assert.deepEqual(
      [report.vendor, report.format, report.verdict, report.dumps],
      ['intel', 'kvm', 'fails', undefined],
    );
    assert.deepEqual((report.failures as unknown[])[0], {
      rule: 'guest.rflags.reserved',
      fields: ['GUEST_RFLAGS'],
      found: 'GUEST_RFLAGS = 0x0',
      allowed: 'bit 1 one; bits 63:22, 15, 5 and 3 zero',
      section: 'SDM 3C 27.3.1.4',
    });
  });

  it('is JSON of the first dump, and of all', () => {
    const report = JSON.parse(reportJson(diagnoseText(text + text))) as { dumps: unknown[] };
    assert.equal(report.dumps.length, 2);
  });

  it('is a document whose links lead somewhere', () => {
    const document = diagnosisDocument(diagnoseText(text), {
      lineLink: (line) => `dmesg.txt#L${String(line)}`,
    });
    const headings = new Set(
      [...document.matchAll(/^#### (\S+)$/gm)].map(([, id]) => (id ?? '').toLowerCase()),
    );
    const links = [...document.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id ?? '');
    assert.ok(links.length > 0);
    for (const link of links) assert.ok(headings.has(link), link);
    assert.match(document, /\[line 9\]\(dmesg\.txt#L9\)/);
  });
});
