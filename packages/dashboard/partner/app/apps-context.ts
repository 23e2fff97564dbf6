import type { MemberAppsResponse } from '@opencredits/protocol'
import { createContext } from 'preact'
import type { Resource } from '../../shared/api/use-resource.ts'

/** The apps that the signed-in user is a member of. */
export const AppsContext = createContext<Resource<MemberAppsResponse>>({
  data: null,
  failure: null,
  isLoading: true,
  reload: () => {},
})
