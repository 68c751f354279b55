/** Every move of a board, the oldest first, read page by page. */
export function allMoves(db) {
  const found = [];
  let after;
  do {
    const page = db.getMoves({ limit: 1000, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found.toReversed();
}
