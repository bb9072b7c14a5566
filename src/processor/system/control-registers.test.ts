import assert from 'node:assert/strict';
import { CS, SS, TR } from '../state/layout';
import { execute, longMode, PAGE_TABLES, protectedMode, raised, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { readControlRegister, writeControlRegister } from './control-registers';

/** Control registers (SDM 3A 2.5; 2B MOV—Control Registers, "Protected Mode Exceptions"). */

/** 32-bit code with PAE and LME on: setting CR0.PG activates IA-32e mode. */
function beforeLongMode(): Processor {
  const cpu = protectedMode();
  cpu.state.cr4 = 0x20n;
  cpu.state.efer = 0x100n;
  return cpu;
}

/** IA-32e mode, executing 32-bit code. */
function compatibilityMode(): Processor {
  const cpu = longMode();
  cpu.state.setSegment(CS, { ...cpu.state.segment(CS), accessRights: 0xc09b });
  cpu.updateDerivedState();
  return cpu;
}

const change = (cpu: Processor, changes: Partial<Processor['state']>): Processor => {
  Object.assign(cpu.state, changes);
  return cpu;
};

describe('MOV to a control register', () => {
  type Case = readonly [string, () => Processor, number, bigint, bigint | string];
  const cases: readonly Case[] = [
    // what, processor, register, value, what it then holds or the exception
    ['CR0: ET stays 1', protectedMode, 0, 0x21n, 0x31n],
    ['CR0: reserved bits read 0', protectedMode, 0, 0xffd1n, 0x11n],
    ['CR0: bits 63:32', protectedMode, 0, 0x100000031n, '#GP(0)'],
    ['CR0: PG without PE', protectedMode, 0, 0x80000030n, '#GP(0)'],
    ['CR0: NW without CD', protectedMode, 0, 0x20000031n, '#GP(0)'],
    ['CR0: NW with CD', protectedMode, 0, 0x60000031n, 0x60000031n],
    ['CR0: PG', protectedMode, 0, 0x80000031n, 0x80000031n],
    ['CR0: PG with LME and PAE', beforeLongMode, 0, 0x80000031n, 0x80000031n],
    [
      'CR0: PG with LME without PAE',
      () => change(beforeLongMode(), { cr4: 0n }),
      0,
      0x80000031n,
      '#GP(0)',
    ],
    ['CR0: PG off in 64-bit code', longMode, 0, 0x31n, '#GP(0)'],
    ['CR0: PG off in compatibility mode', compatibilityMode, 0, 0x31n, 0x31n],
    [
      'CR0: PG off with PCIDE',
      () => change(compatibilityMode(), { cr4: 0x20020n }),
      0,
      0x31n,
      '#GP(0)',
    ],
    ['CR2', longMode, 2, 0x123456789abcdef0n, 0x123456789abcdef0n],
    ['CR3: up to MAXPHYADDR', longMode, 3, 0xffffff0000n, 0xffffff0000n],
    ['CR3: beyond MAXPHYADDR', longMode, 3, 0x10000000000n, '#GP(0)'],
    ['CR3: bit 63 without PCIDs', longMode, 3, 0x8000000000010000n, '#GP(0)'],
    [
      'CR3: bit 63 with PCIDs',
      () => change(longMode(), { cr4: 0x20020n }),
      3,
      0x8000000000010005n,
      0x10005n,
    ],
    ['CR4: reserved', longMode, 4, 0x8020n, '#GP(0)'],
    ['CR4: bits 63:32', longMode, 4, 0x100000020n, '#GP(0)'],
    ['CR4: PAE off in IA-32e mode', longMode, 4, 0n, '#GP(0)'],
    ['CR4: PAE off elsewhere', () => change(protectedMode(), { cr4: 0x20n }), 4, 0n, 0n],
    ['CR4: PCIDE', longMode, 4, 0x20020n, 0x20020n],
    ['CR4: PCIDE outside IA-32e mode', protectedMode, 4, 0x20000n, '#GP(0)'],
    [
      'CR4: PCIDE with CR3[11:0] ≠ 0',
      () => change(longMode(), { cr3: 0x10008n }),
      4,
      0x20020n,
      '#GP(0)',
    ],
    ['CR8', longMode, 8, 15n, 15n],
    ['CR8: reserved', longMode, 8, 16n, '#GP(0)'],
    ['CR1 does not exist', longMode, 1, 0n, '#UD'],
  ];
  for (const [what, processor, number, value, expected] of cases) {
    it(`${what}: ${typeof expected === 'string' ? expected : 'allowed'}`, () => {
      const cpu = processor();
      const before =
        raised(() => readControlRegister(cpu, number)) === 'nothing'
          ? readControlRegister(cpu, number)
          : 0n;
      const exception = raised(() => {
        writeControlRegister(cpu, number, value);
      });
      if (typeof expected === 'string') {
        assert.equal(exception, expected);
        if (expected !== '#UD') assert.equal(readControlRegister(cpu, number), before);
      } else {
        assert.equal(exception, 'nothing');
        assert.equal(readControlRegister(cpu, number), expected);
      }
    });
  }
});

describe('IA-32e mode (SDM 3A 10.8.5)', () => {
  it('becomes active with paging, and ends with it', () => {
    const cpu = beforeLongMode();
    writeControlRegister(cpu, 0, 0x80000031n);
    assert.equal(cpu.state.efer, 0x500n);
    writeControlRegister(cpu, 0, 0x31n);
    assert.equal(cpu.state.efer, 0x100n);
  });

  it('does not begin in a code segment with L set: #GP(0)', () => {
    const cpu = beforeLongMode();
    cpu.state.setSegment(CS, { ...cpu.state.segment(CS), accessRights: 0xa09b });
    assert.equal(
      raised(() => {
        writeControlRegister(cpu, 0, 0x80000031n);
      }),
      '#GP(0)',
    );
  });

  it('does not begin with a 16-bit TSS: #GP(0)', () => {
    const cpu = beforeLongMode();
    cpu.state.setSegment(TR, { ...cpu.state.segment(TR), accessRights: 0x83 });
    assert.equal(
      raised(() => {
        writeControlRegister(cpu, 0, 0x80000031n);
      }),
      '#GP(0)',
    );
  });
});

describe('the PDPTE registers of PAE paging (SDM 3A 4.4.1)', () => {
  function paePaging(entry: bigint): Processor {
    const cpu = change(protectedMode(), { cr0: 0x80000031n, cr4: 0x20n });
    cpu.physical.write64(PAGE_TABLES + 0x20, 0x5001n);
    cpu.physical.write64(PAGE_TABLES + 0x28, entry);
    return cpu;
  }

  it('are loaded with CR3, from a table of 32 bytes', () => {
    const cpu = paePaging(0x6019n);
    writeControlRegister(cpu, 3, BigInt(PAGE_TABLES + 0x20));
    assert.deepEqual([...cpu.state.pdptes], [0x5001n, 0x6019n, 0n, 0n]);
  });

  const reserved = [
    ['bit 1 in a present one', 0x6003n, '#GP(0)'],
    ['bit 5', 0x6021n, '#GP(0)'],
    ['bit 40, beyond MAXPHYADDR', 0x10000006001n, '#GP(0)'],
    ['bit 63', 0x8000000000006001n, '#GP(0)'],
    ['bit 1 in one that is not present', 0x6002n, 'nothing'],
  ] as const;
  for (const [what, entry, exception] of reserved) {
    it(`${what}: ${exception}`, () => {
      const cpu = paePaging(entry);
      const load = (): void => {
        writeControlRegister(cpu, 3, BigInt(PAGE_TABLES + 0x20));
      };
      assert.equal(raised(load), exception);
      assert.equal(cpu.state.cr3, exception === 'nothing' ? 0x10020n : 0n);
    });
  }

  it('are loaded anew by changes of CR4.PGE, not of CR4.DE', () => {
    const cpu = paePaging(0x6001n);
    writeControlRegister(cpu, 3, BigInt(PAGE_TABLES + 0x20));
    cpu.physical.write64(PAGE_TABLES + 0x28, 0x7001n);
    writeControlRegister(cpu, 4, 0x28n);
    assert.equal(cpu.state.pdptes[1], 0x6001n);
    writeControlRegister(cpu, 4, 0xa8n);
    assert.equal(cpu.state.pdptes[1], 0x7001n);
  });
});

it('leaving protected mode leaves ring 0', () => {
  const cpu = protectedMode();
  cpu.state.setSegment(SS, { ...cpu.state.segment(SS), accessRights: 0xc0f3 });
  writeControlRegister(cpu, 0, 0x30n);
  assert.equal(cpu.state.cpl, 0);
});

describe('CLTS, LMSW and SMSW', () => {
  it('CLTS clears TS', () => {
    const cpu = change(longMode(), { cr0: 0x80000039n });
    assert.equal(execute(cpu, 0x0f, 0x06), 'nothing');
    assert.equal(cpu.state.cr0, 0x80000031n);
  });

  it('LMSW loads PE, MP, EM and TS, but does not clear PE (SDM 2A LMSW)', () => {
    const cpu = longMode();
    cpu.state.setGpr(0, 0xfffen);
    execute(cpu, 0x0f, 0x01, 0xf0); // lmsw ax
    assert.equal(cpu.state.cr0, 0x8000003fn);
    cpu.state.setGpr(0, 0n);
    execute(cpu, 0x0f, 0x01, 0xf0);
    assert.equal(cpu.state.cr0, 0x80000031n);
  });

  const ring3 = [
    ['mov rax, cr0', '#GP(0)', 0x0f, 0x20, 0xc0],
    ['mov cr2, rax', '#GP(0)', 0x0f, 0x22, 0xd0],
    ['clts', '#GP(0)', 0x0f, 0x06],
    ['lmsw ax', '#GP(0)', 0x0f, 0x01, 0xf0],
    ['smsw eax', 'nothing', 0x0f, 0x01, 0xe0],
  ] as const;
  for (const [instruction, exception, ...bytes] of ring3) {
    it(`${instruction} in ring 3: ${exception}`, () => {
      const cpu = longMode();
      setRing(cpu, 3);
      assert.equal(execute(cpu, ...bytes), exception);
    });
  }

  it('SMSW in ring 3 with CR4.UMIP: #GP(0)', () => {
    const cpu = change(longMode(), { cr4: 0x820n });
    setRing(cpu, 3);
    assert.equal(execute(cpu, 0x0f, 0x01, 0xe0), '#GP(0)');
  });
});
