/** Something in an expression is wrong. The message names the cause; the column counts from 1. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';

  constructor(
    message: string,
    readonly column: number,
  ) {
    super(message);
  }
}
