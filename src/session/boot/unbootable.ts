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
