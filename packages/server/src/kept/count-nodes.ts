/** How many values there are in one, itself and those inside others included, as the limit of a request body counts them. */
export function countNodes(value: unknown): number {
  let nodes = 0
  const open: unknown[] = [value]
  while (open.length > 0) {
    const one = open.pop()
    nodes += 1
    if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) open.push(inner)
  }
  return nodes
}
