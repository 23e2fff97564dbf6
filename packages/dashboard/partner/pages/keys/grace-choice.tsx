import { Choice } from '../../../shared/parts/field.tsx'
import { useWords } from '../../messages/words-context.ts'

const graces = [
  ['0', 'graceNone'],
  ['3600', 'graceHour'],
  ['86400', 'graceDay'],
] as const

/** How long the old one goes on working beside the new one, in seconds. */
export function GraceChoice({
  value,
  onChoose,
}: {
  readonly value: string
  readonly onChoose: (seconds: string) => void
}) {
  const { t } = useWords()
  const options = graces.map(([seconds, label]) => ({ value: seconds, label: t(label) }))
  return <Choice label={t('graceLabel')} value={value} options={options} onChoose={onChoose} />
}
