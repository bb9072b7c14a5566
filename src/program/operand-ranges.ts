import * as l10n from '@vscode/l10n';
import { Register } from 'iced-x86';
import { fits } from './data';
import { SourceError, type Span } from './diagnostics';
import type { MemoryOperand } from './statement';
import { isRelocatable, isScalar, resolve } from './value';
import { asksRelative, type Address, type Setting } from './x86/address';
import { missingRegister } from './x86/explain-roles';
import type { Match, Resolved, Slot } from './x86/match';

type Warn = (message: string, span: Span | undefined) => void;

/** An instruction in its place, with the values of its operands final. */
export interface Placed {
  readonly match: Match;
  /** In bytes. */
  readonly length: number;
  readonly operands: readonly Resolved[];
  /** Virtual address of its first byte. */
  readonly address: bigint;
  readonly setting: Setting;
}

/** Complains about branches that do not reach; warns of what is cut, and of a `rel` that cannot be. */
export function checkRanges(placed: Placed, warn: Warn): void {
  for (const { operand } of placed.operands) {
    // NASM encodes them all the same; the processor raises #UD.
    const missing = operand.kind === 'register' ? missingRegister(operand.register) : undefined;
    if (missing !== undefined) warn(missing, operand.span);
  }
  for (const slot of placed.match.slots) {
    if (slot.kind === 'branch') checkBranch(slot, placed, warn);
    else if (slot.kind === 'immediate') checkImmediate(slot, placed, warn);
    else if (slot.kind === 'memory') checkMemory(slot, placed, warn);
  }
}

const constantOf = (operands: readonly Resolved[]): Span | undefined =>
  operands.find((r) => r.operand.kind === 'immediate' && r.value !== undefined)?.operand.span;

function checkBranch(
  { info: { bits, width }, value }: Extract<Slot, { kind: 'branch' }>,
  { length, operands, address }: Placed,
  warn: Warn,
): void {
  const span = constantOf(operands);
  const distance = BigInt.asIntN(width, resolve(value) - (address + BigInt(length)));
  if (bits !== 8 || (distance >= -128n && distance <= 127n)) return;
  // NASM lets plain numbers pass, which may mean anything, and cuts the distance.
  if (isScalar(value)) {
    warn(l10n.t('the target is {0} bytes away and is cut to a byte', String(distance)), span);
    return;
  }
  throw new SourceError(
    l10n.t(
      'the target is {0} bytes away, and a short jump reaches only -128 to 127',
      String(distance),
    ),
    span,
  );
}

function checkImmediate(
  { info: { bits, width }, value }: Extract<Slot, { kind: 'immediate' }>,
  { operands }: Placed,
  warn: Warn,
): void {
  if (!isScalar(value)) return;
  const { n } = value;
  const extended = BigInt.asIntN(width, n);
  if (fits(n, width) && (bits >= width || BigInt.asIntN(bits, n) === extended)) return;
  const span = operands.find((r) => r.value === value)?.operand.span ?? constantOf(operands);
  warn(l10n.t('{0} does not fit in {1} bits and is cut', format(n), String(bits)), span);
}

function checkMemory(
  { address, offset }: Extract<Slot, { kind: 'memory' }>,
  { length, operands, address: place, setting }: Placed,
  warn: Warn,
): void {
  const operand = operands.find((r) => r.operand.kind === 'memory')?.operand;
  if (operand?.kind !== 'memory') return;
  const n = resolve(address.displacement);
  if (address.relative) {
    const distance = n - (place + BigInt(length));
    if (BigInt.asIntN(32, distance) !== distance)
      warn(
        l10n.t('the target is {0} bytes away, which 32 bits cannot hold', String(distance)),
        operand.span,
      );
    return;
  }
  const { addressSize } = address;
  const reached = offset ? wrapped(n, addressSize, addressSize) : reachedBy(address, n);
  if (BigInt.asUintN(addressSize, n) !== reached || !fits(n, addressSize)) {
    const bits = offset ? addressSize : Math.min(address.displacementBits, 32);
    const [written, becomes] = [format(n), format(reached)];
    warn(
      l10n.t(
        'the displacement {0} does not fit in {1} bits and becomes {2}',
        written,
        bits,
        becomes,
      ),
      operand.span,
    );
  }
  const why = whyNotRelative(operand, address, setting);
  if (why !== undefined) warn(why, operand.span);
}

/** What is left of a number in a displacement of `bits`, extended by its sign to an address. */
const wrapped = (n: bigint, bits: number, addressSize: number): bigint =>
  BigInt.asUintN(addressSize, BigInt.asIntN(bits, n));

/** The processor extends displacements by their sign; those of 64-bit addresses have 32 bits. */
function reachedBy({ displacementBits, addressSize, compressible }: Address, n: bigint): bigint {
  if (displacementBits === 8 && !compressible) return wrapped(n, 8, addressSize);
  return wrapped(n, Math.min(addressSize, 32), addressSize);
}

/** Why an address that is to count from RIP does not; undefined where nobody has asked, or would be surprised. */
function whyNotRelative(
  operand: MemoryOperand,
  { base, index, displacement }: Address,
  { bits, defaultRelative }: Setting,
): string | undefined {
  const said = operand.relative === 'rel';
  if (base !== Register.None || index !== Register.None) {
    return said
      ? l10n.t('an address with registers cannot count from RIP: `rel` changes nothing')
      : undefined;
  }
  if (bits !== 64)
    return said ? l10n.t('only 64-bit code counts from RIP: `rel` changes nothing') : undefined;
  if (isRelocatable(displacement) || !asksRelative(operand, defaultRelative)) return undefined;
  return l10n.t('a plain number cannot count from RIP: this address is absolute, as with `abs`');
}

const format = (n: bigint): string => (n < 0n ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);
