import * as l10n from '@vscode/l10n';
import { withNote } from '../../isa/phrases';
import { MSRS } from '../../isa/registers/msr';
import { integerValue, isFloat, stringBytes } from '../../program/literals';
import type { Token } from '../../program/tokens';
import { code, paragraphs } from '../markdown';

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** `0x7c00` (31744), negative numbers as such. */
export function numberText(value: bigint): string {
  const hex = `0x${unsigned(value).toString(16)}`;
  return value >= 0n && value < 10n ? code(String(value)) : withNote(code(hex), String(value));
}

/** The same number in the other bases, and the character that it is. */
export function numberMarkdown(token: Token): string | undefined {
  if (token.kind === 'number' && !isFloat(token.text)) {
    const value = integerValue(token.text);
    if (value === undefined) return undefined;
    const binary = unsigned(value).toString(2);
    return paragraphs(
      [numberText(value), value < 1n << 32n ? code(`0b${grouped(binary)}`) : '', character(value)]
        .filter(Boolean)
        .join(' · '),
    );
  }
  if (token.kind !== 'string') return undefined;
  const bytes = stringBytes(token.text);
  if (bytes.length === 0 || bytes.length > 8) {
    return bytes.length === 0 ? undefined : l10n.t('{0} bytes', String(bytes.length));
  }
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return `${l10n.t('{0} bytes', String(bytes.length))} · ${numberText(value)}`;
}

/** Binary digits in fours, so that they can be counted. */
const grouped = (digits: string): string =>
  digits.padStart(Math.ceil(digits.length / 4) * 4, '0').replace(/(?=(?:\d{4})+$)(?!^)/g, '_');

function character(value: bigint): string {
  return value >= 0x20n && value < 0x7fn ? code(`'${String.fromCharCode(Number(value))}'`) : '';
}

/** Constants above the small numbers that are also those of MSRs usually mean them. */
export function msrLine(value: bigint): string | undefined {
  const msr = value >= 0x174n ? MSRS.find(({ number }) => BigInt(number) === value) : undefined;
  return msr && l10n.t('number of the MSR {0}', code(msr.name));
}
