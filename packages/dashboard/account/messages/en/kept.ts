/** What programs keep here for the user: files and batches. */
export const keptEn = {
  filesTitle: 'Files',
  filesLead: 'What apps and your own programs have uploaded in your name. Each app reads its own files only.',
  filesEmpty: 'No file is kept for you. ',
  filesEmptyHint: 'Programs upload files once, and then name them in as many requests as they like.',
  file: 'File',
  size: 'Size',
  uploaded: 'Uploaded',
  keptUntil: 'Kept until',
  keptForGood: 'you delete it',
  storedOf: '{used} of {most}',
  storedUsed: 'used by all of your files',
  deleteFile: 'Delete',
  deleteFileQuestion: 'Delete {name}?',
  deleteFileLead: 'A program of {app} that still names it is refused from now on. This cannot be undone.',
  fileDeleted: '{name} is deleted.',
} as const
