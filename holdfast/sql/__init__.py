"""SQL as immutable data: expressions, FROM elements and statements, without text, I/O or dialect."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.sql.arguments import ColumnExpressionArgument
from holdfast.sql.binds import BindParameter, bindparam, literal, outparam
from holdfast.sql.boolean import and_, not_, or_
from holdfast.sql.columns import ColumnClause, ColumnCollection, column, literal_column
from holdfast.sql.constants import False_, Null, True_, false, null, true
from holdfast.sql.conversions import Case, Cast, CollationClause, Extract, TryCast, TypeCoerce
from holdfast.sql.cte import CTE, cte
from holdfast.sql.dml_columns import DMLTargetCopy, from_dml_column
from holdfast.sql.dml_statements import Delete, Update, delete, update
from holdfast.sql.dml_statements import DmlStatement as UpdateBase
from holdfast.sql.dml_statements import DmlStatement as ValuesBase
from holdfast.sql.element import ClauseElement, ColumnElement
from holdfast.sql.expressions import (
    BinaryExpression,
    BooleanClauseList,
    ClauseList,
    ExpressionClauseList,
    Grouping,
    Tuple,
    UnaryExpression,
)
from holdfast.sql.extensions import HasSyntaxExtensions, SyntaxExtension
from holdfast.sql.from_clause import Alias, FromClause, Join, Subquery, TableClause, alias, join, outerjoin, table
from holdfast.sql.from_clause import AliasedFrom as AliasedReturnsRows
from holdfast.sql.functions import Function, FunctionElement, func
from holdfast.sql.insert import Insert, insert
from holdfast.sql.kinds import HasCTE, HasPrefixes, HasSuffixes, ReturnsRows, Selectable
from holdfast.sql.labels import Label
from holdfast.sql.lateral import Lateral, TableSample, lateral, tablesample
from holdfast.sql.naming import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_LEGACY_ORM,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    SelectLabelStyle,
)
from holdfast.sql.nullability import NotNullable, Nullable
from holdfast.sql.operations import ColumnOperators, Operators, SQLCoreOperations
from holdfast.sql.operations import SQLCoreOperations as SQLColumnExpression
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.operators import custom_op
from holdfast.sql.ordered_aggregates import AggregateOrderBy, aggregate_order_by
from holdfast.sql.public import (
    asc,
    between,
    bitwise_not,
    case,
    cast,
    collate,
    desc,
    distinct,
    extract,
    label,
    nulls_first,
    nulls_last,
    nullsfirst,
    nullslast,
    try_cast,
    tuple_,
    type_coerce,
)
from holdfast.sql.quantified import CollectionAggregate, all_, any_
from holdfast.sql.quoted_name import quoted_name
from holdfast.sql.scalar_subqueries import Exists, ScalarSelect
from holdfast.sql.select import Select, exists, select
from holdfast.sql.select_base import SelectBase
from holdfast.sql.select_base import SelectBase as GenerativeSelect
from holdfast.sql.set_operations import CompoundSelect, except_, except_all, intersect, intersect_all, union, union_all
from holdfast.sql.statement import Statement as Executable
from holdfast.sql.statement import Statement as ExecutableStatement
from holdfast.sql.table_valued import TableValuedAlias, TableValuedColumn, TableValueType
from holdfast.sql.text import TextClause, text
from holdfast.sql.textual_select import TextualSelect
from holdfast.sql.textual_select import TextualSelect as TextAsFrom
from holdfast.sql.traversal import iterate, replace
from holdfast.sql.types import TupleType
from holdfast.sql.values import ScalarValues, Values, values
from holdfast.sql.windows import (
    FrameClause,
    FrameClauseType,
    FunctionFilter,
    Over,
    WithinGroup,
    funcfilter,
    over,
    within_group,
)

if TYPE_CHECKING:
    from holdfast.sql.lambdas import lambda_stmt
    from holdfast.sql.template_string import TString, tstring
    from holdfast.sql.visitors import ClauseVisitor

__all__ = [
    "TString",
    "tstring",
    "CTE",
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_LEGACY_ORM",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "AggregateOrderBy",
    "Alias",
    "AliasedReturnsRows",
    "BinaryExpression",
    "BindParameter",
    "BooleanClauseList",
    "Case",
    "Cast",
    "ClauseElement",
    "ClauseList",
    "ClauseVisitor",
    "CollationClause",
    "CollectionAggregate",
    "ColumnClause",
    "ColumnCollection",
    "ColumnElement",
    "ColumnOperators",
    "CompoundSelect",
    "DMLTargetCopy",
    "Delete",
    "Executable",
    "Exists",
    "Extract",
    "False_",
    "FrameClause",
    "FrameClauseType",
    "FromClause",
    "Function",
    "FunctionElement",
    "FunctionFilter",
    "GenerativeSelect",
    "Grouping",
    "Insert",
    "Join",
    "Label",
    "Lateral",
    "Null",
    "OperatorClass",
    "Operators",
    "Over",
    "SQLColumnExpression",
    "SQLCoreOperations",
    "ScalarSelect",
    "ScalarValues",
    "Select",
    "SelectBase",
    "SelectLabelStyle",
    "Selectable",
    "Subquery",
    "TableClause",
    "TableSample",
    "TableValueType",
    "TableValuedAlias",
    "TableValuedColumn",
    "TextClause",
    "TextualSelect",
    "True_",
    "TryCast",
    "Tuple",
    "TupleType",
    "TypeCoerce",
    "UnaryExpression",
    "Update",
    "UpdateBase",
    "Values",
    "ValuesBase",
    "WithinGroup",
    "aggregate_order_by",
    "alias",
    "all_",
    "and_",
    "any_",
    "asc",
    "between",
    "bindparam",
    "case",
    "cast",
    "collate",
    "column",
    "cte",
    "custom_op",
    "delete",
    "desc",
    "distinct",
    "except_",
    "except_all",
    "exists",
    "extract",
    "false",
    "from_dml_column",
    "func",
    "funcfilter",
    "insert",
    "intersect",
    "intersect_all",
    "iterate",
    "join",
    "label",
    "lateral",
    "literal",
    "literal_column",
    "not_",
    "null",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "or_",
    "outerjoin",
    "over",
    "quoted_name",
    "replace",
    "select",
    "table",
    "tablesample",
    "text",
    "true",
    "try_cast",
    "tuple_",
    "type_coerce",
    "union",
    "union_all",
    "update",
    "values",
    "within_group",
    "outparam",
    "lambda_stmt",
    "NotNullable",
    "Nullable",
    "bitwise_not",
    "HasSyntaxExtensions",
    "ColumnExpressionArgument",
    "ExecutableStatement",
    "ExpressionClauseList",
    "HasCTE",
    "HasPrefixes",
    "HasSuffixes",
    "ReturnsRows",
    "TextAsFrom",
    "SyntaxExtension",
]

# `holdfast.sql.util` and its neighbours, as programs name them after `import holdfast`.
__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "ClauseVisitor": "holdfast.sql.visitors",
        "lambda_stmt": "holdfast.sql.lambdas",
        "tstring": "holdfast.sql.template_string",
        "TString": "holdfast.sql.template_string",
    },
)
