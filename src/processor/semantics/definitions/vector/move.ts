import { State, Units, vectorSlot } from '../../../state/layout';
import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import { Value } from '../../value';
import { Vector } from '../../vector';
import {
  encodingOf,
  enterMmx,
  readHalf,
  readHalves,
  readVector,
  requireUnit,
  writeHalves,
} from '../../vector-operands';
import { inUnit, packedUnary } from './packed';

/** SDM 2: moves between vector registers, general-purpose registers and memory. */

/** Moves of whole vectors. With `aligned` a vector in memory must be, with a VEX prefix, too. */
function move(mnemonics: readonly string[], aligned: boolean): void {
  for (const mnemonic of mnemonics) {
    instruction([mnemonic, `V${mnemonic}`], (m) => {
      inUnit(m, () => {
        const value = readHalves(m, 1, aligned);
        return () => {
          writeHalves(m, 0, value, aligned);
        };
      });
    });
  }
}
move(['MOVDQA', 'MOVAPS', 'MOVAPD', 'MOVNTDQ', 'MOVNTPS', 'MOVNTPD', 'MOVNTDQA'], true);
move(['MOVDQU', 'MOVUPS', 'MOVUPD', 'LDDQU'], false);

instruction('MOVNTI', (m) => {
  m.operand(0).write(m.operand(1).read());
});

/** The lowest bits of an operand of either kind. */
function readLow(m: AbstractMachine, index: number, width: 32 | 64): Value {
  if (m.shape(index).kind === 'vector') return readVector(m, index).extract(width, 0);
  return m.operand(index).read();
}

/** Writes them, with zeros above in a vector register. */
function writeLow(m: AbstractMachine, index: number, value: Value): void {
  if (m.shape(index).kind === 'vector') {
    writeHalves(m, index, [Vector.of(value.resize(64))]);
  } else {
    m.operand(index).write(value);
  }
}

for (const [mnemonic, width] of [
  ['MOVD', 32],
  ['MOVQ', 64],
  ['MOVNTQ', 64],
] as const) {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const value = m.let(readLow(m, 1, width));
      return () => {
        writeLow(m, 0, value);
      };
    });
  });
}

for (const mnemonic of ['MOVQ2DQ', 'MOVDQ2Q']) {
  instruction(mnemonic, (m) => {
    requireUnit(m, 'SSE');
    requireUnit(m, 'MMX');
    const value = m.let(readLow(m, 1, 64));
    enterMmx(m);
    writeLow(m, 0, value);
  });
}

/** MOVSS and MOVSD: from memory with zeros above, from a register into the lowest lane. */
for (const [mnemonic, lane] of [
  ['MOVSS', 32],
  ['SSE MOVSD', 64],
  ['VMOVSS', 32],
  ['VMOVSD', 64],
] as const) {
  instruction(mnemonic, (m) => {
    inUnit(m, () => {
      const last = m.form.operands.length - 1;
      const value = m.let(readLow(m, last, lane));
      const merges = m.shape(0).kind === 'vector' && m.shape(last).kind === 'vector';
      const into = merges ? readHalf(m, last === 2 ? 1 : 0, 0) : undefined;
      return () => {
        if (into) writeHalves(m, 0, [into.replace(0, value)]);
        else writeLow(m, 0, value);
      };
    });
  });
}

/**
 * MOVLPS, MOVHPS and their kin: 64 bits of a vector, to and from memory. With a VEX prefix a load takes
 * the other 64 bits from the second operand.
 */
function moveQuarter(mnemonic: string, index: 0 | 1): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      if (m.shape(0).kind === 'memory') {
        const value = m.let(readHalf(m, 1, 0).extract(64, index));
        return () => {
          m.operand(0).write(value);
        };
      }
      const [kept, source] = encodingOf(m) === 'VEX' ? [1, 2] : [0, 1];
      const result = m.letVector(readHalf(m, kept, 0).replace(index, m.operand(source).read()));
      return () => {
        writeHalves(m, 0, [result]);
      };
    });
  });
}
moveQuarter('MOVLPS', 0);
moveQuarter('MOVLPD', 0);
moveQuarter('MOVHPS', 1);
moveQuarter('MOVHPD', 1);

/** MOVHLPS and MOVLHPS: 64 bits of one register to the other half of another. */
function moveAcross(mnemonic: string, from: 0 | 1): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [kept, source] = encodingOf(m) === 'VEX' ? [1, 2] : [0, 1];
      const value = readHalf(m, source, 0).extract(64, from);
      const result = m.letVector(readHalf(m, kept, 0).replace(1 - from, value));
      return () => {
        writeHalves(m, 0, [result]);
      };
    });
  });
}
moveAcross('MOVHLPS', 1);
moveAcross('MOVLHPS', 0);

packedUnary('MOVSLDUP', (a) => a.shuffleLanes(32, [0, 0, 2, 2]));
packedUnary('MOVSHDUP', (a) => a.shuffleLanes(32, [1, 1, 3, 3]));
packedUnary('MOVDDUP', (a) => a.shuffleLanes(64, [0, 0]));

/** The signs of the lanes, in a general-purpose register. */
function moveMask(mnemonic: string, lane: 8 | 32 | 64): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const source = m.shape(1);
      const half = source.kind === 'vector' && source.width === 64 ? 0xff : 0xffff;
      const bits = readHalves(m, 1)
        .map((a, n) =>
          a
            .bitmask(lane)
            .and(half)
            .shl((n * 128) / lane),
        )
        .reduce((all, part) => all.or(part));
      return () => {
        m.operand(0).write(bits);
      };
    });
  });
}
moveMask('MOVMSKPS', 32);
moveMask('MOVMSKPD', 64);
moveMask('PMOVMSKB', 8);

/** EMMS: the x87 registers are empty, and what lies in them stays. */
instruction('EMMS', (m) => {
  requireUnit(m, 'MMX');
  enterMmx(m);
  m.writeState(Units.X87_TAGS, 8, Value.constant(8, 0));
});

/** In 64-bit mode there are sixteen registers, elsewhere eight (SDM 2C VZEROALL). */
for (const [mnemonic, offsets] of [
  ['VZEROUPPER', [16]],
  ['VZEROALL', [0, 16]],
] as const) {
  const clear = (m: AbstractMachine, first: number): void => {
    for (let index = first; index < first + 8; index++) {
      for (const offset of offsets) {
        const slot = { kind: 'state', address: vectorSlot(index) } as const;
        m.tell({ do: 'writeVector', slot, offset, value: Vector.ZERO.expression });
      }
    }
  };
  instruction(mnemonic, (m) => {
    requireUnit(m, 'AVX');
    clear(m, 0);
    m.if(m.readState(State.LINEAR_MASK, 64).bit(63), () => {
      clear(m, 8);
    });
  });
}
