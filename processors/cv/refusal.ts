import { CourantError } from '../../runtime/errors.ts'

/** Why a document is not read, by code, in French (which old clients show word for word) and English. */
const sentences = {
  CV_EMPTY: ['Le fichier est vide', 'The file is empty'],
  CV_TOO_LARGE: ['Le fichier dépasse 10 Mo', 'The file is larger than 10 MB'],
  CV_WRONG_TYPE: [
    'Format non pris en charge : envoyez un PDF, DOCX, DOC, RTF ou TXT',
    'Format not supported: send a PDF, DOCX, DOC, RTF or TXT'
  ],
  CV_ENCRYPTED: [
    'Document PDF corrompu ou protégé par mot de passe',
    'PDF document damaged or protected by a password'
  ],
  CV_BROKEN: ['Document corrompu : il ne peut pas être lu', 'Document damaged: it cannot be read'],
  CV_BOMB: [
    'Document refusé : son contenu décompressé est démesuré',
    'Document refused: its content is out of all proportion when inflated'
  ],
  CV_MACROS: [
    'Document refusé : il contient des macros ; enregistrez-le sans macros',
    'Document refused: it has macros; save it without'
  ],
  CV_EXTERNAL_ENTITIES: [
    'Document refusé : il déclare des entités externes',
    'Document refused: it declares external entities'
  ],
  CV_TOO_MANY_PAGES: [
    'Document refusé : trop de pages pour un CV',
    'Document refused: too many pages for a CV'
  ],
  CV_NO_TEXT: ['Document sans texte lisible', 'Document without text that can be read'],
  CV_PICTURE: [
    'Document sans texte : c’est une image ; envoyez un document texte, ou installez Tesseract (paquets tesseract-ocr et tesseract-ocr-fra) pour qu’elle soit lue',
    'Document without text: it is a picture; send a text document, or install Tesseract (packages tesseract-ocr and tesseract-ocr-fra) so that it can be read'
  ],
  CV_OCR_FAILED: [
    'Document sans texte : c’est une image, et Tesseract ne parvient pas à la lire',
    'Document without text: it is a picture, and Tesseract fails to read it'
  ],
  CV_TIMEOUT: [
    'Lecture abandonnée : le document demande trop de temps',
    'Given up: the document takes too long'
  ],
  CV_CRASHED: [
    'Lecture abandonnée : le document épuise le lecteur',
    'Given up: the document exhausts the reader'
  ]
} as const

export type CvRefusal = keyof typeof sentences

/** A document that cannot or must not be read. The message is English and has nothing of the document in it. */
export class CvRefused extends CourantError {
  readonly refusal: CvRefusal

  constructor(refusal: CvRefusal) {
    super('DOCUMENT_REFUSED', sentences[refusal][1], { details: { refusal } })
    this.refusal = refusal
  }

  /** The sentence for people. */
  sentence(language: 'fr' | 'en'): string {
    return sentences[this.refusal][language === 'fr' ? 0 : 1]
  }
}

/** Whether a text is the code of a refusal, such as one that came from another process. */
export function isRefusal(code: string): code is CvRefusal {
  return Object.hasOwn(sentences, code)
}
