/*
 * An ODBC driver for tests that answers from a script, because no real driver can be told to flag one row of a block
 * in error: SQLFetch then gives SQL_SUCCESS_WITH_INFO and SQL_ROW_ERROR (ODBC Programmer's Reference, "SQLFetch"), and
 * SQL_ERROR when rows are fetched one at a time. Every column is SQL_VARCHAR.
 *
 * The connection string is Driver=<this>;Script=<file>. A line of the script is words separated by tabs:
 *   answer  <text>             begins the answer to the statements that contain the text; the first that fits counts
 *   column  <name>  <size>     a column of the answer
 *   row     <value> ...        a row; the value \N is NULL
 *   bad     <state> <code> <message>   a row in error
 *   lost                       a row in error that a driver with a worse defect skips even one at a time
 */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 64, MAX_LINE = 4096 };

typedef struct {
  char script[1024];
} Connection;

typedef struct {
  char name[128];
  SQLULEN size;
  SQLPOINTER buffer;
  SQLLEN stride;
  SQLLEN *indicators;
} Column;

typedef struct {
  Connection *connection;
  FILE *rows;
  int columnCount;
  Column columns[MAX_COLUMNS];
  SQLULEN blockRows;
  SQLUSMALLINT *statuses;
  SQLULEN *fetched;
  char state[6];
  SQLINTEGER code;
  char message[512];
} Statement;

/* The words of a line; the number of them. */
static int split(char *line, char **words, int max) {
  int count = 0;
  line[strcspn(line, "\n")] = 0;
  for (char *word = line; word && count < max; count++) {
    words[count] = word;
    word = strchr(word, '\t');
    if (word) *word++ = 0;
  }
  return count;
}

static void setError(Statement *s, const char *state, int code, const char *message) {
  snprintf(s->state, sizeof s->state, "%s", state);
  s->code = code;
  snprintf(s->message, sizeof s->message, "%s", message);
}

/* Finds the answer to a statement and reads its columns; the file then stands before the first row. */
static SQLRETURN answer(Statement *s, const char *sql) {
  char line[MAX_LINE], *words[MAX_COLUMNS];
  s->rows = fopen(s->connection->script, "r");
  s->columnCount = 0;
  int isFound = 0;
  long before = 0;
  while (s->rows && fgets(line, sizeof line, s->rows)) {
    int count = split(line, words, MAX_COLUMNS);
    if (!isFound) isFound = count > 1 && !strcmp(words[0], "answer") && strstr(sql, words[1]);
    else if (!strcmp(words[0], "column") && s->columnCount < MAX_COLUMNS) {
      Column *column = &s->columns[s->columnCount++];
      snprintf(column->name, sizeof column->name, "%s", words[1]);
      column->size = strtoul(words[2], NULL, 10);
    } else break;
    before = ftell(s->rows);
  }
  if (!isFound) {
    setError(s, "42000", 1, "the script has no answer");
    return SQL_ERROR;
  }
  fseek(s->rows, before, SEEK_SET);
  return SQL_SUCCESS;
}

static void store(Column *column, SQLULEN row, const char *value) {
  if (!strcmp(value, "\\N")) {
    column->indicators[row] = SQL_NULL_DATA;
    return;
  }
  char *cell = (char *)column->buffer + row * column->stride;
  snprintf(cell, column->stride, "%s", value);
  column->indicators[row] = (SQLLEN)strlen(value);
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT handle) {
  Statement *s = handle;
  char line[MAX_LINE], *words[MAX_COLUMNS];
  SQLULEN count = 0;
  int isBad = 0;
  s->state[0] = 0;
  while (count < s->blockRows) {
    long before = ftell(s->rows);
    if (!fgets(line, sizeof line, s->rows)) break;
    int wordCount = split(line, words, MAX_COLUMNS);
    if (!strcmp(words[0], "answer")) {
      fseek(s->rows, before, SEEK_SET);
      break;
    }
    int isLost = !strcmp(words[0], "lost");
    if (isLost && s->blockRows == 1) continue;
    if (isLost || !strcmp(words[0], "bad")) {
      if (wordCount > 3) setError(s, words[1], atoi(words[2]), words[3]);
      isBad = 1;
      s->statuses[count++] = SQL_ROW_ERROR;
      continue;
    }
    for (int c = 0; c < s->columnCount && c + 1 < wordCount; c++) store(&s->columns[c], count, words[c + 1]);
    s->statuses[count++] = SQL_ROW_SUCCESS;
  }
  for (SQLULEN rest = count; rest < s->blockRows; rest++) s->statuses[rest] = SQL_ROW_NOROW;
  *s->fetched = count;
  if (count == 0) return SQL_NO_DATA;
  if (!isBad) return SQL_SUCCESS;
  return s->blockRows == 1 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT type, SQLHANDLE parent, SQLHANDLE *made) {
  if (type == SQL_HANDLE_STMT) {
    Statement *s = calloc(1, sizeof *s);
    s->connection = parent;
    s->blockRows = 1;
    *made = s;
  } else *made = calloc(1, sizeof(Connection));
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT type, SQLHANDLE handle) {
  if (type == SQL_HANDLE_STMT && ((Statement *)handle)->rows) fclose(((Statement *)handle)->rows);
  free(handle);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDriverConnect(SQLHDBC handle, SQLHWND window, SQLCHAR *in, SQLSMALLINT inLength, SQLCHAR *out,
                                   SQLSMALLINT outSize, SQLSMALLINT *outLength, SQLUSMALLINT completion) {
  Connection *connection = handle;
  const char *script = strstr((const char *)in, "Script=");
  if (script) snprintf(connection->script, sizeof connection->script, "%.*s", (int)strcspn(script + 7, ";"), script + 7);
  if (outLength) *outLength = 0;
  return script ? SQL_SUCCESS : SQL_ERROR;
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT handle, SQLCHAR *sql, SQLINTEGER length) {
  return answer(handle, (const char *)sql);
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT handle, SQLSMALLINT *count) {
  *count = (SQLSMALLINT)((Statement *)handle)->columnCount;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDescribeCol(SQLHSTMT handle, SQLUSMALLINT number, SQLCHAR *name, SQLSMALLINT nameSize,
                                 SQLSMALLINT *nameLength, SQLSMALLINT *type, SQLULEN *size, SQLSMALLINT *digits,
                                 SQLSMALLINT *nullable) {
  Column *column = &((Statement *)handle)->columns[number - 1];
  snprintf((char *)name, nameSize, "%s", column->name);
  if (nameLength) *nameLength = (SQLSMALLINT)strlen(column->name);
  *type = SQL_VARCHAR;
  *size = column->size;
  *digits = 0;
  *nullable = SQL_NULLABLE;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLBindCol(SQLHSTMT handle, SQLUSMALLINT number, SQLSMALLINT type, SQLPOINTER buffer, SQLLEN size,
                             SQLLEN *indicators) {
  Column *column = &((Statement *)handle)->columns[number - 1];
  column->buffer = buffer;
  column->stride = size;
  column->indicators = indicators;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetStmtAttr(SQLHSTMT handle, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER length) {
  Statement *s = handle;
  if (attribute == SQL_ATTR_ROW_ARRAY_SIZE) s->blockRows = (SQLULEN)value;
  if (attribute == SQL_ATTR_ROW_STATUS_PTR) s->statuses = value;
  if (attribute == SQL_ATTR_ROWS_FETCHED_PTR) s->fetched = value;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetDiagRec(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT record, SQLCHAR *state,
                                SQLINTEGER *code, SQLCHAR *message, SQLSMALLINT size, SQLSMALLINT *length) {
  Statement *s = handle;
  if (type != SQL_HANDLE_STMT || record > 1 || !s->state[0]) return SQL_NO_DATA;
  snprintf((char *)state, 6, "%s", s->state);
  if (code) *code = s->code;
  snprintf((char *)message, size, "%s", s->message);
  if (length) *length = (SQLSMALLINT)strlen(s->message);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetDiagField(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT record, SQLSMALLINT field,
                                  SQLPOINTER value, SQLSMALLINT size, SQLSMALLINT *length) {
  if (field != SQL_DIAG_NUMBER) return SQL_NO_DATA;
  *(SQLINTEGER *)value = type == SQL_HANDLE_STMT && ((Statement *)handle)->state[0] ? 1 : 0;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetInfo(SQLHDBC handle, SQLUSMALLINT what, SQLPOINTER value, SQLSMALLINT size,
                             SQLSMALLINT *length) {
  if (what == SQL_DRIVER_ODBC_VER) {
    snprintf(value, size, "03.52");
    if (length) *length = 5;
    return SQL_SUCCESS;
  }
  memset(value, 0, size > 0 && size < 4 ? size : 4);
  if (what == SQL_MAX_COLUMN_NAME_LEN) *(SQLUSMALLINT *)value = 127;
  if (what == SQL_TXN_ISOLATION_OPTION)
    *(SQLUINTEGER *)value = SQL_TXN_READ_COMMITTED | SQL_TXN_REPEATABLE_READ | SQL_TXN_SERIALIZABLE;
  if (length) *length = 2;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetFunctions(SQLHDBC handle, SQLUSMALLINT function, SQLUSMALLINT *supported) {
  if (function == SQL_API_ODBC3_ALL_FUNCTIONS)
    memset(supported, 0xff, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * sizeof *supported);
  else *supported = SQL_TRUE;
  return SQL_SUCCESS;
}

/* What the driver manager and the binding call too, and what needs no answer of its own. */
SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV h, SQLINTEGER a, SQLPOINTER v, SQLINTEGER l) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLSetConnectAttr(SQLHDBC h, SQLINTEGER a, SQLPOINTER v, SQLINTEGER l) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLGetConnectAttr(SQLHDBC h, SQLINTEGER a, SQLPOINTER v, SQLINTEGER l, SQLINTEGER *o) {
  memset(v, 0, 4);
  return SQL_SUCCESS;
}
SQLRETURN SQL_API SQLGetStmtAttr(SQLHSTMT h, SQLINTEGER a, SQLPOINTER v, SQLINTEGER l, SQLINTEGER *o) {
  memset(v, 0, 8);
  return SQL_SUCCESS;
}
SQLRETURN SQL_API SQLRowCount(SQLHSTMT h, SQLLEN *count) {
  *count = -1;
  return SQL_SUCCESS;
}
SQLRETURN SQL_API SQLDisconnect(SQLHDBC h) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT h, SQLUSMALLINT option) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLCloseCursor(SQLHSTMT h) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLCancel(SQLHSTMT h) { return SQL_SUCCESS; }
SQLRETURN SQL_API SQLMoreResults(SQLHSTMT h) { return SQL_NO_DATA; }
SQLRETURN SQL_API SQLEndTran(SQLSMALLINT type, SQLHANDLE h, SQLSMALLINT completion) { return SQL_SUCCESS; }
