import { useId } from 'preact/hooks'

/** A field of several lines, like `Field`. */
export function TextArea({
  label,
  hint,
  problem,
  value,
  rows,
  onText,
}: {
  readonly label: string
  readonly hint: string
  readonly problem: string | null
  readonly value: string
  readonly rows: number
  readonly onText: (text: string) => void
}) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
      <textarea
        id={id}
        rows={rows}
        value={value}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-hint ${id}-problem`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  )
}
