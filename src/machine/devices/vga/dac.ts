/** The colours: 256 of them, each of three components, written one after the other (ports 0x3c6 to 0x3c9). */
export interface DacState {
  /** Of the colour number that comes from the attribute controller, what is used. */
  mask: number;
  readIndex: number;
  writeIndex: number;
  /** Which component comes next: red, green, blue. */
  component: number;
  /** What port 0x3c7 tells: the last index was written for reading. */
  reading: boolean;
  readonly components: number[];
}

/** The 64 colours of an EGA in the first entries: bits 5 to 3 are the weak red, green and blue. */
export function initialDac(): DacState {
  const components = new Array<number>(768).fill(0);
  for (let colour = 0; colour < 64; colour++) {
    [2, 1, 0].forEach((bit, n) => {
      const strong = (colour >> bit) & 1;
      const weak = (colour >> (bit + 3)) & 1;
      components[colour * 3 + n] = strong * 0x2a + weak * 0x15;
    });
  }
  return { mask: 0xff, readIndex: 0, writeIndex: 0, component: 0, reading: false, components };
}

export function readDac(dac: DacState, port: number): number {
  if (port === 0x3c6) return dac.mask;
  if (port === 0x3c7) return dac.reading ? 3 : 0;
  if (port === 0x3c8) return dac.writeIndex;
  const value = dac.components[dac.readIndex * 3 + dac.component] ?? 0;
  if (++dac.component === 3) {
    dac.component = 0;
    dac.readIndex = (dac.readIndex + 1) & 0xff;
  }
  return value;
}

/** @param wide components have 8 bits instead of 6 */
export function writeDac(dac: DacState, port: number, value: number, wide: boolean): void {
  if (port === 0x3c6) {
    dac.mask = value;
  } else if (port === 0x3c9) {
    dac.components[dac.writeIndex * 3 + dac.component] = wide ? value : value & 0x3f;
    if (++dac.component < 3) return;
    dac.component = 0;
    dac.writeIndex = (dac.writeIndex + 1) & 0xff;
  } else {
    dac.component = 0;
    dac.reading = port === 0x3c7;
    if (dac.reading) dac.readIndex = value;
    else dac.writeIndex = value;
  }
}
