export function Check({
  text,
  isChecked,
  onChange,
}: {
  readonly text: string
  readonly isChecked: boolean
  onChange(isChecked: boolean): void
}) {
  return (
    <label class="check">
      <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{text}</span>
    </label>
  )
}
