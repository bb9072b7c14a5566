import assert from 'node:assert/strict';
import { createProcessor } from '../create-processor';
import { CODE, execute, protectedMode, setRing, SILENT_BUS, TSS } from '../modes.testing';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';

/** IN, OUT, INS and OUTS, and who may (SDM 1 19.5). */

const BITMAP = 0x68;

/** Ring 3 with a TSS whose I/O permission bitmap allows no port but `allowed`. */
function ring3(...allowed: number[]): Processor {
  const cpu = protectedMode();
  const { physical, state } = cpu;
  const tr = state.segment(7);
  state.setSegment(7, { ...tr, limit: BITMAP + 0x100 });
  physical.write16(TSS + 102, BITMAP);
  for (let n = 0; n <= 0x100; n++) physical.write8(TSS + BITMAP + n, 0xff);
  for (const port of allowed) {
    const at = TSS + BITMAP + (port >> 3);
    physical.write8(at, physical.read8(at) & ~(1 << (port & 7)));
  }
  setRing(cpu, 3);
  return cpu;
}

describe('ports in ring 3', () => {
  const input = (cpu: Processor, port: number, ...bytes: number[]): string => {
    cpu.state.setGpr(2, BigInt(port));
    return execute(cpu, ...bytes);
  };
  const cases = [
    ['its bit is clear', [0x3f8], 0x3f8, [0xec], 'nothing'],
    ['its bit is set', [0x3f9], 0x3f8, [0xec], '#GP(0)'],
    ['all four bits are clear', [0x3fe, 0x3ff, 0x400, 0x401], 0x3fe, [0xed], 'nothing'],
    ['one of four bits is set, in the next byte', [0x3fe, 0x3ff, 0x400], 0x3fe, [0xed], '#GP(0)'],
    ['it lies beyond the limit of the TSS', [], 0x800, [0xec], '#GP(0)'],
  ] as const;
  for (const [what, allowed, port, bytes, outcome] of cases) {
    it(`${outcome === 'nothing' ? 'are open' : 'are #GP(0)'} where ${what}`, () => {
      assert.equal(input(ring3(...allowed), port, ...bytes), outcome);
    });
  }

  it('are open with IOPL 3, whatever the bitmap says', () => {
    const cpu = ring3();
    cpu.state.rflags = 0x3002n;
    assert.equal(input(cpu, 0x3f8, 0xec), 'nothing');
  });
});

describe('the instructions', () => {
  /** Ring 0, with what was written to ports, and ports that tell their number. */
  function machine(): { cpu: Processor; written: [number, number, number][] } {
    const written: [number, number, number][] = [];
    const bus = {
      ...SILENT_BUS,
      readPort: (port: number) => port + 0x01020300,
      writePort: (port: number, bytes: number, value: number) => written.push([port, bytes, value]),
    };
    const cpu = createProcessor(new PhysicalMemory(0x10000), bus, 'reference');
    cpu.state.rip = BigInt(CODE);
    for (let index = 0; index < 6; index++) {
      const flat = {
        selector: 0,
        base: 0n,
        limit: 0xffff,
        accessRights: index === 1 ? 0x9b : 0x93,
      };
      cpu.state.setSegment(index, flat);
    }
    cpu.updateDerivedState();
    return { cpu, written };
  }

  it('IN reads as many bytes as its register has, and leaves the rest', () => {
    const { cpu } = machine();
    cpu.state.setGpr(0, 0xffff_ffff_ffff_ffffn);
    execute(cpu, 0xe5, 0x42); // in ax, 0x42
    assert.equal(cpu.state.gpr(0), 0xffff_ffff_ffff_0342n);
  });

  it('OUT writes AL, AX or EAX', () => {
    const { cpu, written } = machine();
    cpu.state.setGpr(0, 0xaabbccddn);
    execute(cpu, 0xe6, 0x42);
    execute(cpu, 0x66, 0xe7, 0x44);
    assert.deepEqual(written, [
      [0x42, 1, 0xdd],
      [0x44, 4, 0xaabbccdd],
    ]);
  });

  it('REP OUTS goes through memory by DF, a round at a time', () => {
    const { cpu, written } = machine();
    cpu.physical.writeBytes(0x5000, Uint8Array.of(1, 2, 3));
    cpu.state.setGpr(1, 3n);
    cpu.state.setGpr(2, 0x70n);
    cpu.state.setGpr(6, 0x5002n);
    cpu.state.rflags = 0x402n;
    cpu.physical.writeBytes(CODE, Uint8Array.of(0xf3, 0x6e));
    cpu.run(3);
    assert.deepEqual(
      written.map(([, , value]) => value),
      [3, 2, 1],
    );
    assert.deepEqual([cpu.state.gpr(1), cpu.state.gpr(6)], [0n, 0x4fffn]);
  });

  it('INS does not read the device when its memory cannot be written', () => {
    let reads = 0;
    const bus = { ...SILENT_BUS, readPort: () => ++reads };
    const cpu = createProcessor(new PhysicalMemory(0x10000), bus, 'reference');
    const data = { selector: 0x10, base: 0n, limit: 0xffffffff, accessRights: 0xc091 };
    cpu.state.cr0 = 0x31n;
    for (let index = 0; index < 6; index++) {
      cpu.state.setSegment(index, index === 1 ? { ...data, accessRights: 0xc09b } : data);
    }
    cpu.updateDerivedState();
    assert.equal(execute(cpu, 0x6c), '#GP(0)'); // a read-only segment
    assert.equal(reads, 0);
  });
});
