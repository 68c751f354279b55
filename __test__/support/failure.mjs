/** What `fn` throws, whatever it is. */
export function thrown(fn) {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** The failure of `fn` as a plain object: the name, code and message that a caller matches on. */
export function failure(fn) {
  const { name, code, message } = thrown(fn);
  return { name, code, message };
}
