import type { BitField } from '../isa/bits';
import { featuresOf, type Feature, type Flags, type GdbRegister, type Width } from './registers';

/** The target description, by which a client knows the registers (the GDB manual, "Target Descriptions"). */

const ARCHITECTURES: Record<Width, string> = { 16: 'i8086', 32: 'i386', 64: 'i386:x86-64' };

/** XML that tells all registers of a width. */
export function targetDescription(width: Width): string {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
    '<target version="1.0">',
    `<architecture>${ARCHITECTURES[width]}</architecture>`,
    '<osabi>none</osabi>',
    ...featuresOf(width).map(featureText),
    '</target>',
    '',
  ].join('\n');
}

const featureText = ({ name, flags, registers }: Feature): string =>
  [
    `<feature name="${name}">`,
    ...(registers.some(({ type }) => type === 'vec128') ? [VECTOR] : []),
    ...flags.map(flagsText),
    ...registers.map(registerText),
    '</feature>',
  ].join('\n');

/** How the 16 bytes of an XMM register can be read. */
const LANES = [
  ['v4_float', 'v4f', 'ieee_single', 4],
  ['v2_double', 'v2d', 'ieee_double', 2],
  ['v16_int8', 'v16i8', 'int8', 16],
  ['v8_int16', 'v8i16', 'int16', 8],
  ['v4_int32', 'v4i32', 'int32', 4],
  ['v2_int64', 'v2i64', 'int64', 2],
] as const;
const VECTOR = [
  ...LANES.map(
    ([, id, type, count]) => `<vector id="${id}" type="${type}" count="${String(count)}"/>`,
  ),
  '<union id="vec128">',
  ...LANES.map(([name, id]) => `<field name="${name}" type="${id}"/>`),
  '<field name="uint128" type="uint128"/>',
  '</union>',
].join('\n');

function flagsText({ id, bytes, table }: Flags): string {
  const fields = table.fields.filter(({ low, width }) => low + width <= 8 * bytes);
  return [`<flags id="${id}" size="${String(bytes)}">`, ...fields.map(fieldText), '</flags>'].join(
    '\n',
  );
}

function fieldText({ id, low, width }: BitField): string {
  const type = width === 1 ? 'bool' : 'uint64';
  return `<field name="${id}" start="${String(low)}" end="${String(low + width - 1)}" type="${type}"/>`;
}

function registerText({ name, bits, type, group }: GdbRegister): string {
  const among = group === undefined ? '' : ` group="${group}"`;
  return `<reg name="${name}" bitsize="${String(bits)}" type="${type}"${among}/>`;
}
