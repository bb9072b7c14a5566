import * as l10n from '@vscode/l10n';

/** An image, or what goes with it, that cannot be booted. The message names the fact, for people. */
export class UnbootableImage extends Error {
  override name = 'UnbootableImage';

  /** @param file the file at fault, where that is not the image itself */
  constructor(
    message: string,
    readonly file?: string,
  ) {
    super(message);
  }
}

/** @throws UnbootableImage when something ends beyond the machine's memory */
export function requireMemory(end: number, memory: number): void {
  if (end <= memory) return;
  const size = `${String(Math.round(memory / 1024))} KB`;
  throw new UnbootableImage(
    l10n.t('needs memory up to {0}, the machine has {1}', `0x${end.toString(16)}`, size),
  );
}
