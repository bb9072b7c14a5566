/** Device pixels of each pixel of a picture, so that all of it is seen: a whole number wherever that fits. */
export function scaleFor(
  picture: { readonly width: number; readonly height: number },
  room: { readonly width: number; readonly height: number },
): number {
  const fits = Math.min(room.width / picture.width, room.height / picture.height);
  if (!(fits > 0)) return 1;
  return fits >= 1 ? Math.floor(fits) : fits;
}
