"""By which names do the columns of other people's files mean our fields?

Chinese, pinyin initials and English, as met in files of cities; compared without case, width, spaces and signs.
"""

from collections.abc import Mapping

from geo.model import Layer

ANY: Mapping[str, str] = {
    "lon": "经度 东经 lng lon long longitude x wgs84lng wgs84lon gcj02lng gcj02lon jd",
    "lat": "纬度 北纬 lat latitude y wgs84lat gcj02lat wd",
    "wkt": "wkt geometry geom thegeom wktgeom shapewkt wkt几何 几何 图形",
}
"""Fields of a place, in a table that has no shapes."""
NAME = "name 名称 mc nm title"

FIELDS: Mapping[Layer, Mapping[str, str]] = {
    Layer.REGION: {
        "code": "code 编码 代码 区划编码 区划代码 行政区划代码 社区编码 社区代码 社区编号 统计用区划代码 qhdm xzqdm"
        " sqbm sqdm regioncode communitycode bm dm",
        "name": f"{NAME} 区划名称 社区名称 行政区划名称 社区 qhmc xzqmc sqmc regionname communityname",
        "level": "level 级别 层级 区划级别 jb",
        "parent": "parent 上级编码 上级代码 父级编码 所属街道编码 街道编码 街道代码 sjbm sjdm fjbm jdbm jddm parentcode"
        " parentid streetcode",
        "scheme": "scheme 编码规则",
        "enclave": "enclave 飞地",
    },
    Layer.GRID: {
        "code": "code 编码 代码 网格编码 网格编号 网格代码 网格号 wgbm wgbh wgdm wgh gridcode gridid gridno bm dm text",
        "name": f"{NAME} 网格名称 网格名 网格 wgmc gridname",
        "kind": "kind 类型 类别 网格类型 网格类别 wglx lx gridtype gridkind",
        "region": "region 社区编码 社区代码 社区编号 所属社区编码 所属社区代码 所属社区 区划编码 sqbm sqdm sqbh"
        " community communitycode communityid regioncode",
    },
    Layer.BUILDING: {
        "id": "id 楼栋编号 楼栋编码 楼栋代码 楼栋号 建筑编号 建筑编码 建筑物编号 建筑物编码 房屋编号 房屋编码 编号 ldbh"
        " ldbm lddm jzbh jzbm buildingid buildingcode buildingno bldgid osmid bh",
        "name": f"{NAME} 楼栋名称 建筑名称 建筑物名称 楼名 ldmc jzmc jzwmc buildingname bldgname text",
        "address": "address 地址 门牌 门牌号 门牌地址 详细地址 标准地址 楼栋地址 坐落 dz mph xxdz addr fulladdress",
        "compound": "compound 小区 小区名称 小区名 所属小区 院落 xq xqmc compoundname estate",
        "households": "households 户数 总户数 住户数 住户 居民户数 户数户 hs zhs household numhh hh householdcount"
        " dwellings",
        "levels": "levels 层数 楼层 楼层数 地上层数 总层数 cs lc dscs floors storeys stories numfloors buildinglevels",
        "kind": "kind 类型 类别 建筑类型 房屋类型 用途 房屋用途 jzlx fwlx lx type buildingtype",
        "grid": "grid 网格编码 网格编号 网格代码 所属网格 所属网格编码 wgbm wgbh wgdm sswg gridcode gridid",
        "entrance": "entrance 入口 出入口 单元门",
    },
    Layer.FACILITY: {
        "id": "id 编号 编码 代码 设施编号 设施编码 部件编号 ssbh ssbm bjbh facilityid facilitycode bh bm osmid",
        "name": f"{NAME} 设施名称 单位名称 部件名称 ssmc dwmc bjmc facilityname text",
        "category": "category 类型 类别 设施类型 设施类别 部件类型 sslx lx lb type",
    },
    Layer.LINE: {
        "id": "id 编号 编码 代码 道路编号 道路编码 dlbh dlbm roadid bh bm",
        "name": f"{NAME} 道路名称 路名 街道名称 河流名称 dlmc lm roadname text",
        "class": "class 类型 类别 等级 道路等级 道路类型 dldj dllx lx type highway fclass",
    },
    Layer.WATER: {
        "id": "id 编号 编码 代码 水系编号 水系编码 sxbh sxbm waterid bh bm",
        "name": f"{NAME} 水系名称 河流名称 湖泊名称 sxmc hlmc watername text",
    },
    Layer.PERSON: {
        "id": "id 人员编号 人员编码 工号 编号 rybh rybm personid bh",
        "name": "name 姓名 名称 人员姓名 网格员姓名 单位名称 xm mc personname fullname",
        "phone": "phone 电话 手机 手机号 手机号码 联系电话 联系方式 值班电话 办公电话 dh sj sjh lxdh lxfs telephone tel"
        " mobile phonenumber",
        "code": "code 编码 代码 网格编码 网格编号 网格代码 网格号 所属网格 所属网格编码 责任网格 责任网格编码 社区编码"
        " 社区代码 区划编码 区划代码 wgbm wgbh wgdm sqbm bm dm gridcode gridid regioncode",
        "of": "of 对象 对象类型 编码类型 所属类型",
        "role": "role 角色 岗位类型 人员类型 人员类别 岗位类别 职务 身份 js gwlx rylx zw roletype",
        "post": "post 岗位 岗 ab岗 岗别 a岗b岗 gw",
        "subject": "subject 专业 条线 业务 业务条线 专项 线条 zy tx",
        "from": "from 起始 开始 起始日期 开始日期 起始时间 开始时间 任职日期 上岗日期 生效日期 qsrq ksrq since"
        " startdate validfrom",
        "until": "until 截止 结束 截止日期 结束日期 截止时间 结束时间 终止日期 离任日期 失效日期 jzrq jsrq enddate"
        " validto validuntil",
    },
}
