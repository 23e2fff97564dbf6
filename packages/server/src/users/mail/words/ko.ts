import type { MailWords } from './mail-words.ts'

export const ko: MailWords = {
  code: {
    subject: '{app} 인증 코드: {code}',
    intro: '로그인 코드는 다음과 같습니다.',
    where: '{host}의 OpenCredits 창에만 입력하세요. 어떤 앱이나 사람도 이 코드를 묻지 않습니다.',
    lifetime: '코드는 10분 동안 유효합니다.',
    ignore: '요청하지 않으셨다면 이 메일을 무시하세요. 이 코드가 없으면 아무도 로그인할 수 없습니다.',
  },
  receipt: {
    subject: '{app} 크레딧 구매 내역',
    intro: '구매해 주셔서 감사합니다.',
    guest:
      '이 크레딧은 구매한 브라우저에서만 사용할 수 있습니다. 계정에 추가하면 어디서나 사용할 수 있고, 브라우저 데이터가 지워져도 사라지지 않습니다.',
    claim: '크레딧 저장하기',
    once: '링크는 30일 안에 한 번만 사용할 수 있습니다. 그 후에는 이 이메일 주소로 로그인하면 크레딧을 추가할 수 있습니다.',
    payment: '결제 영수증',
    account: '계정 열기',
  },
  newApp: {
    subject: '이제 {app}에서 크레딧을 사용할 수 있습니다',
    intro: '{app}에서 잔액의 크레딧을 사용하도록 허용하셨습니다.',
    unknown: '본인이 아니라면 계정에서 앱 연결을 해제하세요.',
    button: '앱 관리',
  },
  lowBalance: {
    subject: '크레딧이 얼마 남지 않았습니다',
    intro: '앱을 계속 사용하려면 미리 크레딧을 충전하세요.',
    button: '크레딧 충전',
  },
  emptyBalance: {
    subject: '크레딧을 모두 사용했습니다',
    intro: '크레딧을 충전할 때까지 앱에서 AI 요청을 보낼 수 없습니다.',
    button: '크레딧 충전',
  },
  keyBudget: {
    subject: '{name}: 한도의 {percent} 사용',
    intro: '한도에 도달하면 더 이상 사용할 수 없습니다. 한도는 계정에서 변경할 수 있습니다.',
    button: '한도 변경',
  },
  newSignIn: {
    subject: '계정에 새로 로그인했습니다',
    intro: '이전에 사용한 적이 없는 브라우저에서 계정에 로그인했습니다.',
    unknown: '본인이 로그인했다면 아무것도 하지 않으셔도 됩니다. 아니라면 계정에서 이 세션을 종료하세요.',
    button: '세션 확인',
  },
  labels: {
    app: '앱',
    credits: '크레딧',
    paid: '결제 금액',
    balance: '잔액(크레딧)',
    limit: '한도(크레딧)',
    used: '지금까지 사용량',
    device: '기기',
    address: 'IP 주소',
    time: '시간',
  },
  limits: {
    none: '한도 없음',
    total: '총 {credits}',
    day: '하루 {credits}',
    week: '주당 {credits}',
    month: '월 {credits}',
  },
  settings: '받을 이메일 선택',
}
