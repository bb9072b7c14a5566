import type { Assembly } from '../../../program';
import { isElf } from '../../boot/elf';
import { hashOf } from '../../state-hash';
import type { Content, PlainGuest, PlainProgram } from './content';
import { wrap } from './envelope';
import { chipsWithSources, withoutSources } from './image';
import type { RecordedGuest, Recording } from './recording';
import { encode } from './values';

/**
 * The file of a recording.
 *
 * @throws UnreadableRecording where it would be larger than any that can be read
 */
export function writeRecording(recording: Recording): Uint8Array {
  const content: Content = { ...recording, guests: recording.guests.map(plainGuest) };
  return wrap(encode(content));
}

/** By what people see whether an image is theirs. */
export const identityOf = (image: RecordedGuest['image']): string => hashOf(withoutSources(image));

const plainGuest = ({ name, memory, image, identity, programs }: RecordedGuest): PlainGuest => ({
  name,
  memory,
  image: withoutSources(image),
  ownChips: chipsWithSources(image),
  identity,
  programs: programs.map(plainProgram),
});

const plainProgram = (program: Assembly): PlainProgram => {
  const { image, origin, hasOrigin, bits, symbols, files } = program;
  // An ELF image tells its lines itself.
  const lines = isElf(image) ? [] : program.lines.entries;
  return { image, origin, hasOrigin, bits, lines, symbols: symbols.all, files };
};
