export * from './apps.ts'
export * from './member-role.ts'
export * from './members.ts'
export * from './setup.ts'
