/** `object` with a getter in the place of `key`: an argument that acts while it is read. */
export const getting = (object, key, get) => Object.defineProperty({ ...object }, key, { get, enumerable: true });
