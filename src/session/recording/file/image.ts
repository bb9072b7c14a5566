import { loadFirmware } from '../../../firmware/firmware';
import type { BootImage, Chip } from '../../boot/boot-image';

/** An image without what is known of the sources of its chips: that the firmware tells again. */
export function withoutSources(image: BootImage): BootImage {
  const { pieces, start, firmware, media } = image;
  const plain = (chips: readonly Chip[]): Chip[] =>
    chips.map(({ address, bytes }) => ({ address, bytes }));
  if (!firmware) return { pieces, start, media };
  const { roms, devices, msrs, optionRoms } = firmware;
  const others = optionRoms && { optionRoms: plain(optionRoms) };
  return { pieces, start, media, firmware: { roms: plain(roms), devices, msrs, ...others } };
}

/** The numbers of an image's chips whose sources are known. */
export const chipsWithSources = ({ firmware }: BootImage): number[] =>
  (firmware?.roms ?? []).flatMap(({ assembly }, n) => (assembly ? [n] : []));

/** The same image, where these chips are known again to be the built-in firmware's. */
export async function withSources(image: BootImage, known: readonly number[]): Promise<BootImage> {
  const { firmware } = image;
  if (!firmware || known.length === 0) return image;
  const built = (await loadFirmware()).roms;
  const roms = firmware.roms.map((chip, n) => {
    const rom = known.includes(n) && built.find(({ address }) => address === chip.address);
    return rom && rom.bytes.length === chip.bytes.length
      ? { ...chip, assembly: rom.assembly }
      : chip;
  });
  return { ...image, firmware: { ...firmware, roms } };
}
