/** Where pictures lie on the stage. All sizes in one unit, whichever. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The largest box of a shape (width over height) in the middle of another. */
export function inside(box: Box, shape: number): Box {
  const width = Math.min(box.width, box.height * shape);
  const height = width / shape;
  return {
    x: box.x + (box.width - width) / 2,
    y: box.y + (box.height - height) / 2,
    width,
    height,
  };
}

/** Boxes for so many pictures of a shape, in as many columns as make them largest. */
export function arrange(box: Box, count: number, shape: number, gap: number): Box[] {
  const columns = columnsFor(box.width, box.height, count, shape, gap);
  const rows = Math.ceil(count / columns);
  const width = (box.width - gap * (columns - 1)) / columns;
  const height = (box.height - gap * (rows - 1)) / rows;
  return Array.from({ length: count }, (_, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const cell = {
      x: box.x + column * (width + gap),
      y: box.y + row * (height + gap),
      width,
      height,
    };
    return inside(cell, shape);
  });
}

/** The height that so many pictures of a shape take in a width, at most `most`. */
export function heightFor(
  width: number,
  most: number,
  count: number,
  shape: number,
  gap: number,
): number {
  const columns = columnsFor(width, most, count, shape, gap);
  const rows = Math.ceil(count / columns);
  const each = (width - gap * (columns - 1)) / columns / shape;
  return Math.min(most, each * rows + gap * (rows - 1));
}

function columnsFor(
  width: number,
  height: number,
  count: number,
  shape: number,
  gap: number,
): number {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows;
    const size = Math.min(across, down * shape);
    if (size > best.size) best = { columns, size };
  }
  return best.columns;
}
